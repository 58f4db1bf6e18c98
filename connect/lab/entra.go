package lab

import (
	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/entratest"
)

// entra is the stand-in with its tenant and its people.
type entra struct{ *entratest.Entra }

// startEntra starts a tenant that has verified this machine's address as a domain, where the lab's
// gateway is, and whose people may consent for themselves, because Cursor always asks them to.
func startEntra(users []User) (identityProvider, error) {
	config := entratest.Config{
		Domains: []string{"contoso.onmicrosoft.com", "127.0.0.1"}, UserConsent: true,
		Groups: []string{"registry-admins", "mcp-users", "visitors"},
	}
	for _, u := range users {
		config.Users = append(config.Users, idptest.User{Name: u.Name, Password: u.Password, Email: u.Name + "@example.com", Groups: u.Groups})
	}
	e, err := entratest.Start(config)
	if err != nil {
		return nil, err
	}
	return entra{e}, nil
}

// Environment implements identityProvider.
func (e entra) Environment() map[string]string {
	return map[string]string{
		"ENTRA_TENANT_ID": e.TenantID(),
		"ENTRA_GRAPH_URL": e.URL(),
		"ENTRA_TOKEN":     e.AdminToken(),
	}
}

// TokenGroup implements groupNamer: tokens of Entra ID carry object ids.
func (e entra) TokenGroup(name string) string { return e.GroupID(name) }
