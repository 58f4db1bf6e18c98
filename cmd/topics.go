package cmd

import "github.com/spf13/cobra"

const environmentTopic = `A flag wins over its variable, a variable over the default. An empty variable counts as not
set. No secret is ever a flag: each secret variable NAME can be given as NAME_FILE instead, the
path of a file that holds it, or - for standard input.

Keycloak
  KEYCLOAK_ADMIN_URL             base URL (http://localhost:8080)
  KEYCLOAK_REALM                 realm of the users (mcp-gateway)
  KEYCLOAK_ADMIN_REALM           realm of the credential (master)
  KEYCLOAK_TOKEN                 secret: a ready access token
  KEYCLOAK_ADMIN_CLIENT_ID       service account
  KEYCLOAK_ADMIN_CLIENT_SECRET   secret of the service account
  KEYCLOAK_ADMIN                 administrator (admin)
  KEYCLOAK_ADMIN_PASSWORD        secret: the administrator's password
  IDE_CLIENT_ID                  name of the public client (mcp-gateway-ide)

Okta
  OKTA_ORG_URL                   base URL of the org
  OKTA_AUTH_SERVER_ID            custom authorization server, as at the gateway (default)
  OKTA_API_TOKEN                 secret: an API token
  OKTA_SERVICE_CLIENT_ID         service app
  OKTA_PRIVATE_KEY               secret: the service app's private key, PEM or JWK
  OKTA_PRIVATE_KEY_ID            the key's kid
  OKTA_ASSIGN_GROUPS             groups that may use the app, separated by commas
  OKTA_GROUPS_FILTER             regular expression for the groups claim
  IDE_CLIENT_LABEL               label of the app (MCP Gateway IDE Public Client)

Amazon Cognito
  COGNITO_USER_POOL_ID           id of the user pool
  COGNITO_DOMAIN                 prefix of the pool's domain that the gateway uses, for comparison
  COGNITO_ENDPOINT_URL           base URL of the API, where it is not the region's own
  AWS_REGION                     region (that of the pool's id)
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE and all others of AWS's
                                 default chain, except AWS_ENDPOINT_URL, which is not followed
  IDE_CLIENT_NAME                name of the app client (mcp-gateway-ide)

Registry
  REGISTRY_URL                   base URL of the registry, which is the gateway's as well
  REGISTRY_TOKEN                 secret: bearer token for the registry's API
  MCP_SERVER_CREDENTIAL          secret: what the gateway sends to a server that is registered
  MCP_SERVER_HEADERS             secret: further headers for it, as a JSON list

Every identity provider
  IDE_REDIRECT_URIS              more redirect URIs, separated by spaces
  IDE_CALLBACK_PORT              callback port, where the port counts (8787);
                                 IDE_OAUTH_CALLBACK_PORT is the same, both must agree

Everywhere
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY   as usual
  NO_COLOR                       no colour
  LC_ALL, LC_CTYPE, LANG         unicode marks only where they name UTF-8`

const exitCodesTopic = `  0    done, or in sync
  1    failed, or the question was answered with no
  2    changes are pending (--detailed-exitcode of plan, of a --dry-run and of settings)
  3    partly done: some changes were made, some were not; run again to finish
  4    the credential was not accepted, or lacks a right
  5    bad usage or configuration, or something refused or only to be done by hand; nothing was
       changed
  6    not found: a realm, a server, a scope, a failure id
  7    unreachable, or no answer in time
  130  interrupted; run again to finish

Being unreachable never looks like changes pending. Under -o json an error is one line on
standard error: {"error":{"code","message","failure","hint"}}, where code is usage, auth,
forbidden, not_found, unreachable, interrupted or failed.`

// newTopicCmds makes the pages that only `help` shows.
func newTopicCmds() []*cobra.Command {
	return []*cobra.Command{
		{Use: "environment", Short: "Environment variables that mcpreg reads", Long: environmentTopic},
		{Use: "exit-codes", Short: "Exit codes and error output", Long: exitCodesTopic},
	}
}
