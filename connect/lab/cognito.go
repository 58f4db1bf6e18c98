package lab

import (
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// cognito is the stand-in with its user pool and its people.
type cognito struct{ *cognitotest.Cognito }

func startCognito(users []User) (identityProvider, error) {
	config := cognitotest.Config{Groups: []string{"registry-admins", "mcp-users", "visitors"}}
	for _, u := range users {
		config.Users = append(config.Users, idptest.User{Name: u.Name, Password: u.Password, Email: u.Name + "@example.com", Groups: u.Groups})
	}
	c, err := cognitotest.Start(config)
	if err != nil {
		return nil, err
	}
	return cognito{c}, nil
}

// Environment implements identityProvider.
func (c cognito) Environment() map[string]string {
	keys := c.Administrator()
	return map[string]string{
		"COGNITO_USER_POOL_ID":  c.PoolID(),
		"COGNITO_ENDPOINT_URL":  c.URL(),
		"AWS_REGION":            c.Region(),
		"AWS_ACCESS_KEY_ID":     keys.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY": keys.SecretAccessKey,
	}
}
