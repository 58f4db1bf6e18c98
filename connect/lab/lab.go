// Package lab is a whole world on loopback: an identity provider, a registry with its gateway, and
// MCP servers behind it, with people who are let in and people who are not. It is made of
// stand-ins, so nothing leaves the machine. Whoever sets the world up hands in the providers; the
// lab knows none.
package lab

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// User is a person of the lab.
type User struct {
	Name     string   `json:"name"`
	Password string   `json:"password"` // thrown away with the lab
	Groups   []string `json:"groups"`
	Shows    string   `json:"shows"` // what becomes of this user's login
}

// identityProvider is one kind's stand-in: what a lab needs of it.
type identityProvider interface {
	Issuer() string
	// Environment is what the kind's commands read.
	Environment() map[string]string
	Close()
}

// groupNamer is a kind whose tokens do not name a group by its name.
type groupNamer interface {
	TokenGroup(name string) string
}

// World is a running lab.
type World struct {
	Kind     idp.Kind
	Users    []User
	Registry *registrytest.Registry

	provider identityProvider
}

// Kinds lists the kinds that a lab can be made of, in the order of help.
func Kinds() []idp.Kind {
	return slices.DeleteFunc(idp.Kinds(), func(k idp.Kind) bool { return starter(k) == nil })
}

// starter returns what starts the stand-in of a kind; nil for a kind that has none.
func starter(kind idp.Kind) func([]User) (identityProvider, error) {
	switch kind {
	case idp.Keycloak:
		return startKeycloak
	case idp.Okta:
		return startOkta
	case idp.Cognito:
		return startCognito
	case idp.Entra:
		return startEntra
	}
	return nil
}

// Start starts a lab of that kind, before anything is set up in it. The caller closes it.
func Start(kind idp.Kind) (*World, error) {
	start := starter(kind)
	if start == nil {
		return nil, fmt.Errorf("there is no stand-in for %s", kind.DisplayName())
	}
	w := &World{Kind: kind, Users: people()}
	var err error
	if w.provider, err = start(w.Users); err != nil {
		return nil, fmt.Errorf("starting the identity provider: %w", err)
	}
	w.Registry, err = registrytest.Start(registrytest.Config{
		Provider: string(kind), Version: "1.30.0", Issuer: w.provider.Issuer(), Servers: servers(), Scopes: mapped(scopes(), w.provider),
	})
	if err != nil {
		w.provider.Close()
		return nil, fmt.Errorf("starting the registry: %w", err)
	}
	return w, nil
}

// Close ends the lab.
func (w *World) Close() {
	w.Registry.Close()
	w.provider.Close()
}

// Environment returns the variables with which every command works in the lab.
func (w *World) Environment() map[string]string {
	env := w.provider.Environment()
	env["REGISTRY_URL"] = w.Registry.URL()
	env["REGISTRY_TOKEN"] = w.Registry.AdminToken()
	return env
}

// URLs names the addresses of the lab's parts, all absolute.
func (w *World) URLs() map[string]string {
	return map[string]string{"issuer": w.provider.Issuer(), "registry": w.Registry.URL()}
}

// RestartGateway gives the gateway the settings of an environment file's lines, as an operator
// does who restarts it.
func (w *World) RestartGateway(settings map[string]string) error {
	var unknown error
	w.Registry.Configure(func(c *registrytest.Config) { unknown = apply(c, settings) })
	return unknown
}

var errSetting = errors.New("the lab's gateway does not know the setting")

func people() []User {
	return []User{
		{Name: "alice", Password: "alice-lab", Groups: []string{"registry-admins"}, Shows: "is let in everywhere"},
		{Name: "bob", Password: "bob-lab", Groups: []string{"mcp-users"}, Shows: "is let in at /currenttime only"},
		{Name: "carol", Password: "carol-lab", Groups: []string{"visitors"}, Shows: "logs in, and no scope maps the group"},
		{Name: "dave", Password: "dave-lab", Groups: []string{}, Shows: "logs in, and is in no group"},
	}
}

func scopes() []registrytest.Scope {
	all := []string{"all"}
	return []registrytest.Scope{
		{Name: "registry-admins", GroupMappings: []string{"registry-admins"},
			ServerAccess:  []registrytest.Access{{Server: "*", Methods: all, Tools: all}},
			UIPermissions: map[string][]string{"list_service": all, "register_service": all, "modify_service": all}},
		{Name: "mcp-users", GroupMappings: []string{"mcp-users"},
			ServerAccess:  []registrytest.Access{{Server: "currenttime", Methods: all, Tools: all}, {Server: "currenttime/mcp", Methods: all, Tools: all}},
			UIPermissions: map[string][]string{"list_service": {"currenttime"}}},
	}
}

// mapped are the scopes with groups as the kind's tokens name them.
func mapped(scopes []registrytest.Scope, provider identityProvider) []registrytest.Scope {
	namer, ok := provider.(groupNamer)
	if !ok {
		return scopes
	}
	for i := range scopes {
		for j, name := range scopes[i].GroupMappings {
			scopes[i].GroupMappings[j] = namer.TokenGroup(name)
		}
	}
	return scopes
}

// servers are an ordinary one, one that answers at its root, and one for a part of the people.
func servers() []registrytest.Server {
	root := false
	return []registrytest.Server{
		server("/currenttime", "Current Time", "current_time", nil),
		server("/aws-knowledge", "AWS Knowledge", "search_documentation", &root),
		server("/finance/reports", "Financial Reports", "quarterly_report", nil),
	}
}

func server(path, name, tool string, appendMCPPath *bool) registrytest.Server {
	proxied := "http://127.0.0.1:9/mcp"
	if appendMCPPath != nil {
		proxied = "http://127.0.0.1:9/"
	}
	return registrytest.Server{
		Path: path, Name: name, Description: "A server of the lab.", Tags: []string{"lab"}, ProxyPassURL: proxied,
		AppendMCPPath: appendMCPPath, Tools: []registrytest.Tool{{Name: tool, Description: "Answers."}}, Upstream: mcpServer(name, tool),
	}
}

// mcpServer is an MCP server with one tool that answers with its own name.
func mcpServer(name, tool string) http.Handler {
	s := mcp.NewServer(&mcp.Implementation{Name: name, Version: "1"}, nil)
	mcp.AddTool(s, &mcp.Tool{Name: tool, Description: "Answers."}, answering(tool))
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true})
}
