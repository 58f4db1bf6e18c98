package lab

import (
	"github.com/mcpreg/mcpreg/idp/idptest/keycloaktest"
)

// keycloak is the stand-in with its realm and its people.
type keycloak struct{ *keycloaktest.Keycloak }

func startKeycloak(users []User) (identityProvider, error) {
	config := keycloaktest.Config{Groups: []string{"registry-admins", "mcp-users", "visitors"}}
	for _, u := range users {
		config.Users = append(config.Users, keycloaktest.User{Name: u.Name, Password: u.Password, Email: u.Name + "@example.com", Groups: u.Groups})
	}
	k, err := keycloaktest.Start(config)
	if err != nil {
		return nil, err
	}
	return keycloak{k}, nil
}

// Environment implements identityProvider.
func (k keycloak) Environment() map[string]string {
	return map[string]string{
		"KEYCLOAK_ADMIN_URL":      k.URL(),
		"KEYCLOAK_REALM":          "mcp-gateway",
		"KEYCLOAK_ADMIN":          k.AdminUser(),
		"KEYCLOAK_ADMIN_PASSWORD": k.AdminPassword(),
	}
}
