package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
)

const entraRights = `Rights: an app registration with the application permission Application.ReadWrite.OwnedBy, which
changes what it made itself; for a gateway's application that it does not own, make it an owner, or
use Application.ReadWrite.All. Reading: Organization.Read.All to check the gateway's domain, and
GroupMember.Read.All to resolve --group. For --consent grant: DelegatedPermissionGrant.ReadWrite.All;
for --assign: AppRoleAssignment.ReadWrite.All.
Each with admin consent. Works with gateway 1.29 and newer only.`

const entraVariables = `Environment (a flag wins over its variable; each secret also as NAME_FILE, - is standard input):
  ENTRA_TENANT_ID               tenant: GUID or domain
  ENTRA_GRAPH_CLIENT_ID         app registration that administers, with
  ENTRA_GRAPH_CLIENT_SECRET     its secret, or
  ENTRA_GRAPH_CERTIFICATE       its certificate and key: PEM, or PKCS #12 without a password; or
  ENTRA_TOKEN                   ready access token for Microsoft Graph, or see --auth
  ENTRA_CLIENT_ID               client id of the gateway's own app registration
  IDE_CLIENT_DISPLAY_NAME       name of the public client (default MCP Gateway IDE Public Client)
  IDE_REDIRECT_URIS             more redirect URIs, separated by spaces
  ENTRA_GRAPH_URL, ENTRA_LOGIN_URL   another Microsoft Graph and authority, for a stand-in`

// entraFlags name a tenant and the files that hold its credential.
type entraFlags struct {
	secretFile, certificateFile, tokenFile string
	cloud, auth, groupClaims, consent      string
	gatewayAppName                         string
	assign                                 []string
	unverified                             bool
}

func (f *entraFlags) register(flags *pflag.FlagSet) {
	flags.String("tenant", "", "tenant: its GUID, or one of its verified domains")
	flags.Var(choice(&f.cloud, "public", "public", "usgov", "china"), "cloud", "Microsoft cloud of the tenant: public, usgov or china")
	flags.Var(choice(&f.auth, "", "", "token", "client-secret", "certificate", "workload-identity", "managed-identity", "az"), "auth",
		"credential: token, client-secret, certificate, workload-identity, managed-identity or az (runs the Azure CLI); default: the one that is given")
	flags.String("graph-client-id", "", "app registration that administers the tenant, or a user-assigned managed identity")
	flags.StringVar(&f.secretFile, "client-secret-file", "", "file with the client secret, or - for standard input")
	flags.StringVar(&f.certificateFile, "certificate-file", "", "file with certificate and private key, or -")
	flags.StringVar(&f.tokenFile, "token-file", "", "file with a ready access token for Microsoft Graph, or -")
	flags.String("gateway-app", "", "client id of the gateway's own app registration (default: one is made)")
	flags.StringVar(&f.gatewayAppName, "gateway-app-name", "", "name of the gateway's app registration, where one is made (default MCP Gateway API)")
	flags.Var(choice(&f.groupClaims, "", "", "SecurityGroup", "ApplicationGroup"), "group-claims",
		"groups in tokens: SecurityGroup, or ApplicationGroup for those assigned to the gateway's application (default: as found, else SecurityGroup)")
	flags.Var(choice(&f.consent, "pre-authorize", "pre-authorize", "grant"), "consent", "spare users the consent by pre-authorize, or by grant (admin consent)")
	flags.StringSliceVar(&f.assign, "assign", nil, "groups to assign to the gateway's application, by name or id; with ApplicationGroup only these stand in tokens")
	flags.BoolVar(&f.unverified, "allow-unverified-domain", false, "let Entra decide about identifier URIs outside the tenant's verified domains")
	flags.String("graph-url", "", "another Microsoft Graph, without /v1.0: https, or http on loopback; takes a ready token only, or needs --login-url")
	flags.String("login-url", "", "another authority for --graph-url: https")
}

func newEntraCmd(a *app) *cobra.Command {
	var flags entraFlags
	return newIDPCmd(a, idpKind{
		kind:  idp.Entra,
		flags: flags.register,
		declare: func(c *cobra.Command, client clientFlags) (setup.File, error) {
			return a.declareEntra(c, flags, client)
		},
		open:      a.openEntra,
		rights:    entraRights,
		variables: entraVariables,
		examples: map[string]string{
			"setup": "  mcpreg entra setup --tenant contoso.onmicrosoft.com --auth az --gateway-app 11111111-2222-3333-4444-555555555555 --registry https://gw.contoso.com\n" +
				"  ENTRA_GRAPH_CLIENT_SECRET=... mcpreg entra setup --server https://gw.contoso.com/currenttime/mcp --yes >> registry.env",
			"plan": "  mcpreg entra plan --registry https://gw.contoso.com --group registry-admins --detailed-exitcode\n" +
				"  mcpreg entra plan --offline --tenant contoso.com --server https://gw.contoso.com/currenttime/mcp -o markdown > request.md",
			"show":   "  mcpreg entra show --tenant contoso.onmicrosoft.com --auth az\n  mcpreg entra show --group registry-admins -o json",
			"remove": "  mcpreg entra remove --tenant contoso.onmicrosoft.com --dry-run\n  mcpreg entra remove --name 'MCP Gateway IDE Public Client' --yes",
		},
	})
}

// declareEntra builds the declaration from flags and environment.
func (a *app) declareEntra(c *cobra.Command, flags entraFlags, client clientFlags) (setup.File, error) {
	values, err := newScalars(c.Flags(), a.LookupEnv,
		scalar{"tenant", "ENTRA_TENANT_ID"},
		scalar{"graph-client-id", "ENTRA_GRAPH_CLIENT_ID"},
		scalar{"gateway-app", "ENTRA_CLIENT_ID"},
		scalar{"name", "IDE_CLIENT_DISPLAY_NAME"},
		scalar{"graph-url", "ENTRA_GRAPH_URL"},
		scalar{"login-url", "ENTRA_LOGIN_URL"},
	)
	if err != nil {
		return setup.File{}, err
	}
	e := &setup.Entra{
		TenantID:              values.text("tenant"),
		Cloud:                 flags.cloud,
		Auth:                  flags.auth,
		GatewayApp:            values.text("gateway-app"),
		GatewayAppName:        flags.gatewayAppName,
		GroupClaims:           flags.groupClaims,
		Consent:               flags.consent,
		AllowUnverifiedDomain: flags.unverified,
		GraphURL:              values.text("graph-url"),
		LoginURL:              values.text("login-url"),
	}
	a.entraCredential(e, flags, values)
	file := setup.File{IDP: setup.IDP{Entra: e}, Assign: flags.assign}
	client.declare(&file, values.text("name"), a.LookupEnv)
	return file, nil
}

// entraCredential picks one credential: the one that --auth chooses, else what a flag names before
// what the environment holds, and in each the ready token before the secret before the certificate.
func (a *app) entraCredential(e *setup.Entra, flags entraFlags, values *scalars) {
	ways := []struct {
		auth, file, name string
		target           **setup.Secret
	}{
		{"token", flags.tokenFile, "ENTRA_TOKEN", &e.Token},
		{"client-secret", flags.secretFile, "ENTRA_GRAPH_CLIENT_SECRET", &e.ClientSecret},
		{"certificate", flags.certificateFile, "ENTRA_GRAPH_CERTIFICATE", &e.Certificate},
	}
	for _, byFlag := range []bool{true, false} {
		for _, way := range ways {
			if e.Auth != "" && e.Auth != way.auth || byFlag && way.file == "" {
				continue
			}
			if *way.target = a.secretRef(way.file, way.name); *way.target != nil {
				e.Auth = way.auth
			}
		}
	}
	if e.Auth != "token" {
		e.ClientID = values.text("graph-client-id")
	}
}

func (a *app) openEntra(s session) (idp.Provider, error) {
	e := s.file.IDP.Entra
	return a.Entra(EntraTarget{
		TenantID:              e.TenantID,
		Cloud:                 e.Cloud,
		Auth:                  e.Auth,
		ClientID:              e.ClientID,
		ClientSecret:          a.credential(e.ClientSecret),
		Certificate:           a.content(e.Certificate),
		Token:                 a.credential(e.Token),
		GatewayApp:            e.GatewayApp,
		GatewayAppName:        e.GatewayAppName,
		GroupClaims:           e.GroupClaims,
		Consent:               e.Consent,
		AllowUnverifiedDomain: e.AllowUnverifiedDomain,
		GraphURL:              e.GraphURL,
		LoginURL:              e.LoginURL,
		Waiting:               func(what string) { fmt.Fprintf(a.Stderr, "  %s\n", what) },
		HTTP:                  s.http.client,
	})
}
