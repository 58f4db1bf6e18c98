package cognito

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
)

// Names that Cognito and mcpreg use.
const (
	system = "cognito"
	owner  = "AWS administrator"

	// ownUsers is the identity provider that the pool itself is.
	ownUsers = "COGNITO"
)

// Limits of an app client's callback URLs (Amazon Cognito quotas; RedirectUrlType of the API).
const (
	maxCallbacks      = 100
	maxCallbackLength = 1024
)

// wanted is what must be true of the pool.
type wanted struct {
	place         place
	clients       []wantedClient
	domain        string // prefix to make when there is no domain
	gatewayDomain string // prefix that the gateway is told; empty when not known
	groups        []string
	createGroups  bool
	users         []string
}

// wantedClient is what must be true of one app client.
type wantedClient struct {
	idp.Client
	providers []string // that the login page offers; nil for all of the pool
	prune     bool
}

var (
	// clientNamePattern is that of the API, ClientNameType.
	clientNamePattern = regexp.MustCompile(`^[\w\s+=,.@-]+$`)
	// clientIDPattern is that of the API, ClientIdType.
	clientIDPattern = regexp.MustCompile(`^[\w+]+$`)
)

const maxClientName = 128 // ClientNameType

// checkNames refuses names and ids that no app client can have.
func checkNames(c idp.Client) error {
	switch {
	case !clientNamePattern.MatchString(c.Name) || len(c.Name) > maxClientName:
		return usage(fmt.Sprintf("%q cannot name an app client", c.Name),
			fmt.Sprintf("choose another name with --name or IDE_CLIENT_NAME: up to %d letters, digits, blanks and + = , . @ - _", maxClientName))
	case c.ID != "" && !clientIDPattern.MatchString(c.ID):
		return usage(fmt.Sprintf("%q is no id of an app client", c.ID), "--client-id takes the id that the console shows, of letters and digits, as in 3n4b5urk1ft4fl3mg5e62d9ado")
	}
	return nil
}

// check refuses what Cognito would refuse, and what no plan can make right.
func (w wantedClient) check() error {
	if err := checkNames(w.Client); err != nil {
		return err
	}
	uris := sorted(slices.Concat(idp.Strings(w.Redirects), idp.Strings(w.Movable)))
	for _, uri := range uris {
		u, err := url.Parse(uri)
		switch {
		case err != nil:
			return usage(fmt.Sprintf("callback URL %q cannot be read", uri), "")
		case u.Scheme == "http" && !slices.Contains(idp.LoopbackHosts(), u.Hostname()):
			return usage(fmt.Sprintf("callback URL %s is refused by Cognito: http is for the user's own machine only", uri), "use https for it")
		case len(uri) > maxCallbackLength:
			return usage(fmt.Sprintf("callback URL %.60s… is longer than the %d characters that Cognito keeps", uri, maxCallbackLength), "shorten it")
		}
	}
	if len(uris) > maxCallbacks {
		return w.tooMany(uris)
	}
	return nil
}

// tooMany says which of the wanted URLs to do without. Those of single servers are for Codex's own
// login: through the bridge it comes with the URL that Claude Code uses.
func (w wantedClient) tooMany(uris []string) error {
	single := 0
	for _, uri := range uris {
		if strings.Contains(uri, "/callback/") {
			single++
		}
	}
	hint := "name fewer of them in IDE_REDIRECT_URIS and --allow-redirect; Cognito compares the port, so one URL cannot stand for many"
	if single > 0 {
		hint = fmt.Sprintf("%d of them are for single servers (http://localhost:PORT/callback/ID), which only Codex's own login needs and not the bridge that mcpreg connect prints: "+
			"leave them out with --assistant claude-code,cursor, or name fewer servers with --server; "+
			"Cognito compares port and path, so one URL cannot stand for many", single)
	}
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "CG18",
		Message: fmt.Sprintf("app client %s would need %d callback URLs, and Cognito keeps %d", w.Name, len(uris), maxCallbacks),
		Hint:    hint,
	}
}

// callbacks are the callback URLs that the client must have, given those that it has: all of them,
// or with prune only ours. They are sorted, because Cognito keeps a set.
func (w wantedClient) callbacks(registered []string) []string {
	redirects, _ := w.Settle(registered)
	list := idp.Strings(redirects)
	if !w.prune {
		list = append(list, registered...)
	}
	return sorted(list)
}

// offered are the identity providers that the login page must offer, given those that it does and
// those of the pool. Somebody who took the pool's own users off the page of a client, and left
// another provider on it, is not overruled.
func (w wantedClient) offered(now, ofPool []string) []string {
	list := w.providers
	if list == nil {
		list = slices.Clone(ofPool)
		if len(now) == 0 || slices.Contains(now, ownUsers) {
			list = append(list, ownUsers)
		}
	}
	if !w.prune {
		list = slices.Concat(list, now)
	}
	return sorted(list)
}

// creation is the request that makes the client. It allows no sign-in but that of the login pages:
// of the flows of the API only the refresh.
func (w wantedClient) creation(pool place, ofPool []string) *sdk.CreateUserPoolClientInput {
	c := types.UserPoolClientType{}
	for _, p := range properties(w, ofPool) {
		p.set(&c)
	}
	return &sdk.CreateUserPoolClientInput{
		UserPoolId:                      aws.String(pool.poolID),
		ClientName:                      aws.String(w.Name),
		GenerateSecret:                  false,
		ExplicitAuthFlows:               []types.ExplicitAuthFlowsType{types.ExplicitAuthFlowsTypeAllowRefreshTokenAuth},
		AllowedOAuthFlowsUserPoolClient: aws.ToBool(c.AllowedOAuthFlowsUserPoolClient),
		AllowedOAuthFlows:               c.AllowedOAuthFlows,
		AllowedOAuthScopes:              c.AllowedOAuthScopes,
		CallbackURLs:                    c.CallbackURLs,
		SupportedIdentityProviders:      c.SupportedIdentityProviders,
		PreventUserExistenceErrors:      c.PreventUserExistenceErrors,
		EnableTokenRevocation:           c.EnableTokenRevocation,
	}
}

// sorted returns the distinct members of list in order.
func sorted(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
