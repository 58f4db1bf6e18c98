package entra

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// described adds to a change how a person makes it: by the names that the pages of the Entra admin
// center have, and as lines for the Azure CLI, which go together: the first ones set the variables
// of the later ones.
func (p *Provider) described(w wanted, s step) plan.Change {
	c := s.Change
	// The mark is for mcpreg's own work; what a person makes is adopted later.
	c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(f plan.Field) bool { return f.Path == "mark" })
	switch s.op.verb {
	case createApp, updateApp:
		if s.op.target == theGateway {
			p.describeGateway(w, s.op, &c)
		} else {
			p.describeClient(w.clients[s.op.target], s.op.target, &c)
		}
	case createPrincipal:
		c.Steps = []string{"The admin center makes it with the registration. Otherwise: App registrations, the application, Overview, Managed application in local directory, Create Service Principal."}
		c.Commands = []string{"az ad sp create --id " + variable(s.op.target)}
	case addIdentifiers:
		p.describeIdentifiers(w, &c)
	case preAuthorize:
		c.Steps = []string{fmt.Sprintf("App registrations, %s, Expose an API, Add a client application: the client id of %s, with the scope %s.", gatewayTitle(w), w.clients[s.op.target].name, scopeValue)}
		// The list is replaced as a whole: it holds the clients of the earlier lines too.
		var clients []string
		for i := range s.op.target + 1 {
			clients = append(clients, variable(i))
		}
		c.Commands = []string{p.restPatch(apiDocument(clients))}
	case assignGroup:
		c.Steps = []string{fmt.Sprintf("Enterprise applications, %s, Users and groups, Add user/group: %s.", gatewayTitle(w), s.Name)}
		c.Commands = []string{
			"GROUP=$(az ad group show --group " + shell(s.Name) + " --query id -o tsv)",
			"RESOURCE=$(az ad sp show --id $GATEWAY --query id -o tsv)",
			p.rest("POST", "servicePrincipals/$RESOURCE/appRoleAssignedTo", `{"principalId":"$GROUP","resourceId":"$RESOURCE","appRoleId":"00000000-0000-0000-0000-000000000000"}`),
		}
	case grantConsent:
		c.Steps = []string{
			fmt.Sprintf("App registrations, %s, API permissions, Add a permission, APIs my organization uses: %s, delegated permission %s.", w.clients[s.op.target].name, gatewayTitle(w), scopeValue),
			"Then, on the same page, Grant admin consent.",
		}
		c.Commands = []string{fmt.Sprintf("az ad app permission grant --id %s --api $GATEWAY --scope %s", variable(s.op.target), scopeValue)}
	}
	return c
}

// variable names the client id of an application in the lines for the Azure CLI.
func variable(target int) string {
	switch target {
	case theGateway:
		return "$GATEWAY"
	case 0:
		return "$CLIENT"
	}
	return fmt.Sprintf("$CLIENT%d", target+1)
}

func gatewayTitle(w wanted) string {
	if w.gateway.appID != "" {
		return "the gateway's application (client id " + w.gateway.appID + ")"
	}
	return w.gateway.name
}

func (p *Provider) describeGateway(w wanted, op operation, c *plan.Change) {
	if op.verb == createApp {
		c.Steps = append(c.Steps, fmt.Sprintf("%s, App registrations, New registration: name %s, accounts in this organizational directory only, no redirect URI.", p.endpoints.portal, w.gateway.name))
		c.Commands = append(c.Commands, fmt.Sprintf("GATEWAY=$(az ad app create --display-name %s --sign-in-audience %s --query appId -o tsv)", shell(w.gateway.name), singleTenant))
	} else {
		c.Commands = append(c.Commands, "GATEWAY="+w.gateway.appID,
			"# api is replaced as a whole: add the scopes and pre-authorized applications that are there already")
	}
	c.Steps = append(c.Steps,
		fmt.Sprintf("App registrations, %s, Expose an API, Add a scope: %s, admins and users may consent, enabled. Accept the Application ID URI that is proposed.", gatewayTitle(w), scopeValue),
		"Manifest: set requestedAccessTokenVersion, within api, to 2.",
		"Token configuration, Add groups claim: security groups (or groups assigned to the application), in the access token.",
	)
	claims, _ := json.Marshal(map[string]string{"groupMembershipClaims": w.gateway.edit(&application{}).groupMembershipClaims}) // strings always encode
	c.Commands = append(c.Commands, p.restPatch(string(claims)), p.restPatch(apiDocument(nil)))
}

func (p *Provider) describeClient(w wantedClient, target int, c *plan.Change) {
	c.Steps = []string{
		fmt.Sprintf("%s, App registrations, New registration: name %s, accounts in this organizational directory only, no redirect URI.", p.endpoints.portal, w.name),
		"Authentication, Add a platform, Mobile and desktop applications: exactly the redirect URIs of the table, without a port, and none on the platforms Web and Single-page application.",
		"Leave the implicit grant and Allow public client flows off, and make no client secret.",
		"Tell whoever runs the gateway the Application (client) ID that the Overview page shows; it is no secret.",
	}
	var uris []string
	for _, uri := range w.redirects {
		uris = append(uris, shell(uri))
	}
	c.Commands = []string{fmt.Sprintf("%s=$(az ad app create --display-name %s --sign-in-audience %s --public-client-redirect-uris %s --query appId -o tsv)", strings.TrimPrefix(variable(target), "$"), shell(w.name), singleTenant, strings.Join(uris, " "))}
}

func (p *Provider) describeIdentifiers(w wanted, c *plan.Change) {
	c.Steps = []string{
		fmt.Sprintf("App registrations, %s, Manifest: add each URI of the table to identifierUris, and keep those that stand there. The page Expose an API shows one only.", gatewayTitle(w)),
		"Each host must be in a verified domain of the tenant (Settings, Domain names).",
	}
	var uris []string
	for _, uri := range w.gateway.identifiers {
		uris = append(uris, shell(uri))
	}
	c.Commands = []string{"az ad app update --id $GATEWAY --identifier-uris $(az ad app show --id $GATEWAY --query 'identifierUris' -o tsv) " + strings.Join(uris, " ")}
}

// restPatch is a PATCH of the gateway's application. The body may name variables of the shell.
func (p *Provider) restPatch(body string) string {
	return p.rest("PATCH", "applications(appId='$GATEWAY')", body)
}

func (p *Provider) rest(method, path, body string) string {
	return fmt.Sprintf(`az rest --method %s --uri "%s/v1.0/%s" --body "%s"`, method, p.endpoints.graph, path, strings.ReplaceAll(body, `"`, `\"`))
}

// apiDocument is the complex property api, which is replaced as a whole: with pre-authorized clients
// if some are given.
func apiDocument(clientAppIDs []string) string {
	const scope = `{"id":"` + scopeID + `","value":"` + scopeValue + `","type":"User","isEnabled":true,` +
		`"adminConsentDisplayName":"Use MCP servers","adminConsentDescription":"Use MCP servers","userConsentDisplayName":"Use MCP servers","userConsentDescription":"Use MCP servers"}`
	clients := ""
	if len(clientAppIDs) > 0 {
		var entries []string
		for _, id := range clientAppIDs {
			entries = append(entries, `{"appId":"`+id+`","delegatedPermissionIds":["`+scopeID+`"]}`)
		}
		clients = `,"preAuthorizedApplications":[` + strings.Join(entries, ",") + `]`
	}
	return `{"api":{"requestedAccessTokenVersion":2,"oauth2PermissionScopes":[` + scope + `]` + clients + `}}`
}

// shell quotes a word for sh.
func shell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
