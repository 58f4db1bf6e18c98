package cognito

import (
	"encoding/json"
	"slices"
	"strings"

	"al.essio.dev/pkg/shellescape"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// otherProviders stands for the pool's identity providers where nobody looked.
const otherProviders = "every other one of the pool"

// Offline implements [idp.Provider]. The plan is a request to somebody with the rights, so it says
// what must be so, and how to make it in the console or with AWS's own command line.
func (p *Provider) Offline(spec idp.Spec) *plan.Plan {
	result := &plan.Plan{Target: p.target()}
	w, err := p.want(spec)
	if err != nil {
		result.Note(plan.Note{Text: err.Error()})
		return result
	}
	// Nobody looked at the domain, so each app client is asked to have what managed login needs.
	have := &observed{
		pool: &types.UserPoolType{}, clients: map[string]*found{},
		domain: &types.DomainDescriptionType{ManagedLoginVersion: aws.Int32(managedLoginVersion)},
	}
	for _, c := range w.clients {
		have.clients[c.Name] = &found{}
	}
	for _, s := range diff(w, have).steps {
		c := asked(s, p.config.IdentityProviders == nil)
		if s.op.object == appClient {
			p.explain(&c, w)
		}
		result.Add(c, nil)
	}
	for _, n := range poolFindings(w, have) {
		result.Note(n)
	}
	result.Note(plan.Note{Owner: owner, Text: pkce})
	result.Note(plan.Note{Owner: owner, Text: "please answer with the id of each app client: " + strings.Join(clientNames(w), ", ")})
	return result
}

// asked is a change in the words of a request: what to do if it is not so already.
func asked(s step, everyProvider bool) plan.Change {
	c := s.Change
	switch s.op.object {
	case appClient:
		for i, f := range c.Fields {
			if f.Path == "identity providers" && everyProvider {
				c.Fields[i].After = slices.Concat(f.After, []string{otherProviders})
			}
		}
	case group:
		c.Summary = "if the pool has none of this name"
	case membership:
		c.Summary = ""
	case poolDomain:
		if c.Action == plan.Manual {
			c.Summary = "the pool needs a prefix domain, if it has none (console: Branding, Domain)"
		}
	case branding:
		c.Summary = "if the domain uses managed login and the app client has no style (console: Branding, Managed login, Create style)"
	}
	return c
}

// explain adds how to make an app client in the console, and with AWS's own command line.
func (p *Provider) explain(c *plan.Change, w wanted) {
	at := slices.IndexFunc(w.clients, func(client wantedClient) bool { return client.Name == c.Name })
	if at < 0 {
		return
	}
	c.Steps = []string{
		"Open Amazon Cognito, user pool " + p.place.poolID + ", App clients, Create app client.",
		"Choose the type single-page application, which has no secret, the name " + c.Name + ", and the first callback URL as return URL.",
		"Open Login pages, Edit: all callback URLs, the identity providers, the grant type Authorization code grant, and the scopes OpenID, Email and Profile.",
	}
	request := w.clients[at].creation(p.place, nil)
	input := cliInput{
		UserPoolID: p.place.poolID, ClientName: c.Name, ExplicitAuthFlows: texts(request.ExplicitAuthFlows),
		AllowedOAuthFlowsUserPoolClient: request.AllowedOAuthFlowsUserPoolClient, AllowedOAuthFlows: texts(request.AllowedOAuthFlows),
		AllowedOAuthScopes: request.AllowedOAuthScopes, CallbackURLs: request.CallbackURLs, SupportedIdentityProviders: request.SupportedIdentityProviders,
		PreventUserExistenceErrors: string(request.PreventUserExistenceErrors), EnableTokenRevocation: *request.EnableTokenRevocation,
	}
	text, _ := json.Marshal(input) // strings always encode
	c.Commands = []string{
		"# Add the names of the pool's other identity providers to SupportedIdentityProviders.",
		"aws cognito-idp create-user-pool-client --region " + p.place.region + " --cli-input-json " + shellescape.Quote(string(text)),
	}
}

// pkce is what Cognito cannot be told.
const pkce = "Cognito checks PKCE (S256) when it is used and cannot demand it; every assistant uses it"

func clientNames(w wanted) []string {
	var names []string
	for _, c := range w.clients {
		names = append(names, c.Name)
	}
	return names
}

// cliInput is the request as AWS's command line reads it.
type cliInput struct {
	UserPoolID                      string `json:"UserPoolId"`
	ClientName                      string
	ExplicitAuthFlows               []string
	AllowedOAuthFlowsUserPoolClient bool
	AllowedOAuthFlows               []string
	AllowedOAuthScopes              []string
	CallbackURLs                    []string
	SupportedIdentityProviders      []string
	PreventUserExistenceErrors      string
	EnableTokenRevocation           bool
}
