package cmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
)

const oktaRights = `Rights: an API token of an administrator with the role API Access Management Administrator; or a
service app (API Services, public key / private key, with DPoP or without) with that role and the
scopes
  okta.apps.manage  okta.groups.read  okta.authorizationServers.manage
and okta.users.read where single users are assigned. The role Read-only Administrator, and the
scopes okta.apps.read, okta.groups.read and okta.authorizationServers.read, suffice to plan. What a
service app lacks is told before the first write. The org needs the product API Access Management,
which brings custom authorization servers.`

const oktaVariables = `Environment (a flag wins over its variable; each secret also as NAME_FILE, - is standard input):
  OKTA_ORG_URL                  base URL of the org, as in https://acme.okta.com
  OKTA_AUTH_SERVER_ID           custom authorization server, as at the gateway (default default)
  OKTA_API_TOKEN                API token (SSWS); or
  OKTA_SERVICE_CLIENT_ID        service app, with
  OKTA_PRIVATE_KEY              its private key, PEM or JWK, and
  OKTA_PRIVATE_KEY_ID           the key's kid, where the app has several
  OKTA_ASSIGN_GROUPS            groups that may use the app, separated by commas
  OKTA_GROUPS_FILTER            regular expression for the groups claim
  MCP_ADVERTISED_SCOPES         scopes that the gateway advertises, separated by spaces
  IDE_CLIENT_LABEL              label of the app (default MCP Gateway IDE Public Client)
  IDE_CALLBACK_PORT             callback port (default that of the app or registry, else 8787)
  IDE_REDIRECT_URIS             more redirect URIs, separated by spaces`

// oktaFlags name an org and the files that hold its credential.
type oktaFlags struct {
	tokenFile, keyFile string
	assign, users      []string
	scopes             []string
}

func (f *oktaFlags) register(flags *pflag.FlagSet) {
	flags.String("org-url", "", "base URL of the org, as in https://acme.okta.com")
	flags.String("authorization-server", "default", "id of the custom authorization server that the gateway trusts")
	flags.String("service-client-id", "", "service app that administers the org, with a private key")
	flags.String("private-key-id", "", "kid of the private key, where the service app has several")
	flags.String("groups-filter", "", "regular expression that groups in the token must match, .* for all (default: just the groups named with --group)")
	flags.StringSliceVar(&f.scopes, "scope", nil, "OAuth scopes that the gateway advertises; missing ones are made (default openid,email,profile,offline_access)")
	flags.StringVar(&f.tokenFile, "token-file", "", "file with an API token, or - for standard input")
	flags.StringVar(&f.keyFile, "private-key-file", "", "file with the service app's private key, PEM or JWK, or -")
	flags.StringSliceVar(&f.assign, "assign", nil, "groups whose members may log in, by name or id (default: those named with --group)")
	flags.StringSliceVar(&f.users, "assign-user", nil, "single users who may log in, by login")
}

func newOktaCmd(a *app) *cobra.Command {
	var flags oktaFlags
	return newIDPCmd(a, idpKind{
		kind:  idp.Okta,
		flags: flags.register,
		declare: func(c *cobra.Command, client clientFlags) (setup.File, error) {
			return a.declareOkta(c, flags, client)
		},
		open:      a.openOkta,
		rights:    oktaRights,
		variables: oktaVariables,
		examples: map[string]string{
			"setup":  "  OKTA_ORG_URL=https://acme.okta.com OKTA_API_TOKEN=... mcpreg okta setup --group registry-admins\n  mcpreg okta setup --registry https://gw.example.com --group registry-admins,mcp-users --yes >> registry.env",
			"plan":   "  mcpreg okta plan --org-url https://acme.okta.com --group registry-admins --detailed-exitcode\n  mcpreg okta plan --offline --org-url https://acme.okta.com --group registry-admins -o markdown > request.md",
			"show":   "  mcpreg okta show --org-url https://acme.okta.com\n  mcpreg okta show --group registry-admins -o json",
			"remove": "  mcpreg okta remove --org-url https://acme.okta.com --dry-run\n  mcpreg okta remove --name 'MCP Gateway IDE Public Client' --yes",
		},
	})
}

// declareOkta builds the declaration from flags and environment.
func (a *app) declareOkta(c *cobra.Command, flags oktaFlags, client clientFlags) (setup.File, error) {
	values, err := newScalars(c.Flags(), a.LookupEnv,
		scalar{"org-url", "OKTA_ORG_URL"},
		scalar{"authorization-server", "OKTA_AUTH_SERVER_ID"},
		scalar{"service-client-id", "OKTA_SERVICE_CLIENT_ID"},
		scalar{"private-key-id", "OKTA_PRIVATE_KEY_ID"},
		scalar{"groups-filter", "OKTA_GROUPS_FILTER"},
		scalar{"name", "IDE_CLIENT_LABEL"},
	)
	if err != nil {
		return setup.File{}, err
	}
	o := &setup.Okta{
		OrgURL:              values.text("org-url"),
		AuthorizationServer: values.text("authorization-server"),
		GroupsFilter:        values.text("groups-filter"),
		Scopes:              a.advertisedScopes(flags),
		AssignUsers:         flags.users,
	}
	a.oktaCredential(o, flags, values)
	file := setup.File{IDP: setup.IDP{Okta: o}, Assign: a.assignedGroups(flags, client)}
	client.declare(&file, values.text("name"), a.LookupEnv)
	return file, nil
}

// assignedGroups are those that may use the app: the ones named, else those that the token must
// carry. Naming users alone assigns no group.
func (a *app) assignedGroups(flags oktaFlags, client clientFlags) []string {
	if len(flags.assign) > 0 {
		return flags.assign
	}
	if value, ok := a.LookupEnv("OKTA_ASSIGN_GROUPS"); ok && value != "" {
		var groups []string
		for group := range strings.SplitSeq(value, ",") {
			if group = strings.TrimSpace(group); group != "" {
				groups = append(groups, group)
			}
		}
		return groups
	}
	if len(flags.users) > 0 {
		return nil
	}
	return client.groups
}

// advertisedScopes are those that the operator names; none for those of the kind.
func (a *app) advertisedScopes(flags oktaFlags) []string {
	if len(flags.scopes) > 0 {
		return flags.scopes
	}
	value, _ := a.LookupEnv("MCP_ADVERTISED_SCOPES")
	return strings.Fields(value)
}

// oktaCredential picks one credential: what a flag names before what the environment holds, and in
// each the API token before the service app.
func (a *app) oktaCredential(o *setup.Okta, flags oktaFlags, values *scalars) {
	o.Token = a.secretRef(flags.tokenFile, "OKTA_API_TOKEN")
	o.PrivateKey = a.secretRef(flags.keyFile, "OKTA_PRIVATE_KEY")
	switch {
	case flags.tokenFile != "":
		o.PrivateKey = nil
	case flags.keyFile != "":
		o.Token = nil
	case o.Token != nil:
		o.PrivateKey = nil
	}
	if o.PrivateKey != nil {
		o.ClientID, o.PrivateKeyID = values.text("service-client-id"), values.text("private-key-id")
	}
}

func (a *app) openOkta(s session) (idp.Provider, error) {
	o := s.file.IDP.Okta
	return a.Okta(OktaTarget{
		OrgURL:              o.OrgURL,
		AuthorizationServer: o.AuthorizationServer,
		Token:               a.credential(o.Token),
		ClientID:            o.ClientID,
		PrivateKey:          a.credential(o.PrivateKey),
		PrivateKeyID:        o.PrivateKeyID,
		GroupsFilter:        o.GroupsFilter,
		Scopes:              o.Scopes,
		AllowHTTP:           a.global.allowHTTP,
		HTTP:                s.http.client,
		Waiting: func(d time.Duration) {
			if d > 0 {
				fmt.Fprintf(a.Stderr, "waiting %s: Okta takes no more requests in this minute\n", d)
			}
		},
	})
}
