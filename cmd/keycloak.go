package cmd

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
)

const keycloakRights = `Rights: a service account with the role manage-clients of the client realm-management, in the
realm, suffices for everything; view-clients suffices for plan. An administrator's password
works too, and is tried once only, because Keycloak may lock a user after failed attempts.`

const keycloakVariables = `Environment (a flag wins over its variable; each secret also as NAME_FILE, - is standard input):
  KEYCLOAK_ADMIN_URL            base URL (default http://localhost:8080)
  KEYCLOAK_REALM                realm of the users (default mcp-gateway)
  KEYCLOAK_ADMIN_REALM          realm of the credential (default master)
  KEYCLOAK_TOKEN                ready access token; or
  KEYCLOAK_ADMIN_CLIENT_ID      service account, with KEYCLOAK_ADMIN_CLIENT_SECRET; or
  KEYCLOAK_ADMIN                user (default admin), with KEYCLOAK_ADMIN_PASSWORD
  IDE_CLIENT_ID                 name of the public client (default mcp-gateway-ide)
  IDE_REDIRECT_URIS             more redirect URIs, separated by spaces`

// keycloakFlags name a realm and the files that hold its credential.
type keycloakFlags struct {
	passwordFile, secretFile, tokenFile string
	audience                            string
	fullGroupPath, strict               bool
}

func (f *keycloakFlags) register(flags *pflag.FlagSet) {
	flags.String("url", "http://localhost:8080", "base URL of Keycloak, with its path prefix such as /auth if it has one")
	flags.String("realm", "mcp-gateway", "realm whose users log in")
	flags.String("admin-realm", "master", "realm of the credential")
	flags.String("admin", "admin", "administrator, with a password")
	flags.String("admin-client-id", "", "service account, with a client secret")
	flags.StringVar(&f.passwordFile, "password-file", "", "file with the administrator's password, or - for standard input")
	flags.StringVar(&f.secretFile, "client-secret-file", "", "file with the service account's client secret, or -")
	flags.StringVar(&f.tokenFile, "token-file", "", "file with a ready access token, or -")
	flags.StringVar(&f.audience, "audience", setup.DefaultAudience, "audience that the gateway accepts")
	flags.BoolVar(&f.fullGroupPath, "full-group-path", false, "groups as paths (/team/dev), not names")
	flags.BoolVar(&f.strict, "strict-redirects", false, "exact redirect URIs for each assistant and server instead of /callback/*")
}

func newKeycloakCmd(a *app) *cobra.Command {
	var flags keycloakFlags
	return newIDPCmd(a, idpKind{
		kind:  idp.Keycloak,
		flags: flags.register,
		declare: func(c *cobra.Command, client clientFlags) (setup.File, error) {
			return a.declareKeycloak(c, flags, client)
		},
		open:      a.openKeycloak,
		rights:    keycloakRights,
		variables: keycloakVariables,
		examples: map[string]string{
			"setup":  "  KEYCLOAK_ADMIN_PASSWORD=... mcpreg keycloak setup --url https://sso.example.com\n  mcpreg keycloak setup --realm staff --yes >> registry.env",
			"plan":   "  mcpreg keycloak plan --url https://sso.example.com --detailed-exitcode\n  mcpreg keycloak plan --offline -o markdown > request.md",
			"show":   "  mcpreg keycloak show --url https://sso.example.com\n  mcpreg keycloak show --group registry-admins -o json",
			"remove": "  mcpreg keycloak remove --url https://sso.example.com --dry-run\n  mcpreg keycloak remove --name mcp-gateway-ide --yes",
		},
	})
}

// declareKeycloak builds the declaration from flags and environment.
func (a *app) declareKeycloak(c *cobra.Command, flags keycloakFlags, client clientFlags) (setup.File, error) {
	values, err := newScalars(c.Flags(), a.LookupEnv,
		scalar{"url", "KEYCLOAK_ADMIN_URL"},
		scalar{"realm", "KEYCLOAK_REALM"},
		scalar{"admin-realm", "KEYCLOAK_ADMIN_REALM"},
		scalar{"admin", "KEYCLOAK_ADMIN"},
		scalar{"admin-client-id", "KEYCLOAK_ADMIN_CLIENT_ID"},
		scalar{"name", "IDE_CLIENT_ID"},
	)
	if err != nil {
		return setup.File{}, err
	}
	k := &setup.Keycloak{
		URL:             values.text("url"),
		Realm:           values.text("realm"),
		AdminRealm:      values.text("admin-realm"),
		Audience:        flags.audience,
		FullGroupPath:   flags.fullGroupPath,
		StrictRedirects: flags.strict,
	}
	a.keycloakCredential(k, flags, values)
	file := setup.File{IDP: setup.IDP{Keycloak: k}}
	client.declare(&file, values.text("name"), a.LookupEnv)
	return file, nil
}

// keycloakCredential picks one credential: what a flag names before what the environment holds,
// and in each the ready token before the service account before the password.
func (a *app) keycloakCredential(k *setup.Keycloak, flags keycloakFlags, values *scalars) {
	k.Token = a.secretRef(flags.tokenFile, "KEYCLOAK_TOKEN")
	k.ClientSecret = a.secretRef(flags.secretFile, "KEYCLOAK_ADMIN_CLIENT_SECRET")
	k.Password = a.secretRef(flags.passwordFile, "KEYCLOAK_ADMIN_PASSWORD")
	switch {
	case flags.tokenFile != "":
		k.ClientSecret, k.Password = nil, nil
	case flags.secretFile != "":
		k.Token, k.Password = nil, nil
	case flags.passwordFile != "":
		k.Token, k.ClientSecret = nil, nil
	case k.Token != nil:
		k.ClientSecret, k.Password = nil, nil
	case k.ClientSecret != nil:
		k.Password = nil
	}
	if k.ClientSecret != nil {
		k.ClientID = values.text("admin-client-id")
	}
	if k.Password != nil {
		k.Username = values.text("admin")
	}
}

func (a *app) openKeycloak(s session) (idp.Provider, error) {
	k := s.file.IDP.Keycloak
	return a.Keycloak(KeycloakTarget{
		URL:           k.URL,
		Realm:         k.Realm,
		AdminRealm:    k.AdminRealm,
		Username:      k.Username,
		Password:      a.credential(k.Password),
		ClientID:      k.ClientID,
		ClientSecret:  a.credential(k.ClientSecret),
		Token:         a.credential(k.Token),
		FullGroupPath: k.FullGroupPath,
		ConfirmAbsent: s.confirmAbsent,
		AllowHTTP:     a.global.allowHTTP,
		HTTP:          s.http.client,
	})
}
