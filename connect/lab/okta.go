package lab

import (
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// okta is the stand-in with its org and its people.
type okta struct{ *oktatest.Okta }

func startOkta(users []User) (identityProvider, error) {
	config := oktatest.Config{Groups: []string{"registry-admins", "mcp-users", "visitors"}}
	for _, u := range users {
		config.Users = append(config.Users, idptest.User{Name: u.Name, Password: u.Password, Email: u.Name + "@example.com", Groups: u.Groups})
	}
	o, err := oktatest.Start(config)
	if err != nil {
		return nil, err
	}
	return okta{o}, nil
}

// Environment implements identityProvider. Everybody may use the app, so that whoever lacks a
// group gets as far as the gateway.
func (o okta) Environment() map[string]string {
	return map[string]string{
		"OKTA_ORG_URL":       o.URL(),
		"OKTA_API_TOKEN":     o.AdminToken(),
		"OKTA_ASSIGN_GROUPS": "Everyone",
	}
}
