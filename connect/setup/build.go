package setup

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

// DefaultAudience is what the gateway accepts in the aud of a Keycloak token, whatever its own
// client is called.
const DefaultAudience = "mcp-gateway"

// Build is what a [File] comes to.
type Build struct {
	Kind idp.Kind
	Spec idp.Spec
	// Advertised is the name of the client whose id belongs in the gateway's
	// IDE_OAUTH_CLIENT_ID.
	Advertised string
	// CallbackPort is the port that the redirect URIs carry, when the operator or the registry
	// decided it; 0 where the kind ignores it, or the provider settles it.
	CallbackPort int
	Warnings     []connect.Warning
}

// Seen is what a registry says that the declaration does not.
type Seen struct {
	ConnectURLs  []string // of its servers, absolute
	CallbackPort int      // that it advertises; 0 for none
	Groups       []string // that its scopes are mapped from, where tokens must name them
	// IdentifierURIs are what tokens of its servers are bound to (Entra); empty when it does not
	// say, and then the connect URLs are.
	IdentifierURIs []string
}

// New computes what must be true of the identity provider for everything in f, and for the servers
// of the registry, to log in. It reads nothing else. Errors are [*idp.Error] of [idp.CodeUsage].
func New(f File, seen Seen) (*Build, error) {
	kind, err := f.IDP.Kind()
	if err != nil {
		return nil, err
	}
	assistants := connect.DefaultAssistants()
	if len(f.Assistants) > 0 {
		if assistants, err = connect.ParseAssistants(f.Assistants); err != nil {
			return nil, err
		}
	}
	b := &Build{Kind: kind}
	if kind.Traits().Redirects.NeedsPort() {
		b.CallbackPort = cmp.Or(f.Client.CallbackPort, seen.CallbackPort)
	}
	b.Spec.Resources = slices.Concat(f.ConnectURLs, seen.ConnectURLs)
	if len(seen.IdentifierURIs) > 0 {
		b.Spec.Resources = slices.Concat(f.ConnectURLs, seen.IdentifierURIs)
	}
	f.ConnectURLs = slices.Concat(f.ConnectURLs, seen.ConnectURLs)
	b.Spec.Assign, b.Spec.AssignUsers = f.Assign, f.users()
	for _, m := range f.Groups {
		b.Spec.Groups = append(b.Spec.Groups, m.Group)
	}
	for _, group := range seen.Groups {
		if !slices.Contains(b.Spec.Groups, group) {
			b.Spec.Groups = append(b.Spec.Groups, group)
		}
	}
	if kind == idp.Keycloak {
		b.Spec.Audience = DefaultAudience
		if f.IDP.Keycloak.Audience != "" {
			b.Spec.Audience = f.IDP.Keycloak.Audience
		}
	}
	extra, err := extraRedirects(f.Client)
	if err != nil {
		return nil, err
	}
	if err := b.addClients(f, assistants, extra); err != nil {
		return nil, err
	}
	return b, nil
}

// addClients adds the one shared client, or one for each assistant and one for all others. The
// last is what the gateway advertises to whoever does not ask mcpreg, so it admits them all.
func (b *Build) addClients(f File, assistants []connect.Assistant, extra []idp.RedirectURI) error {
	name := f.Client.Name
	if name == "" {
		name = b.Kind.Traits().DefaultClientName
	}
	add := func(client, assistant string, used []connect.Assistant) error {
		fixed, movable, err := b.redirects(f, used)
		if err != nil {
			return fmt.Errorf("computing redirect URIs: %w", err)
		}
		c := idp.Client{Name: client, ID: f.Client.ID, Assistant: assistant, Redirects: union(fixed, extra), Movable: movable}
		b.Spec.Clients = append(b.Spec.Clients, c)
		b.Advertised = client
		return nil
	}
	if !f.Client.PerAssistant {
		return add(name, "", assistants)
	}
	if f.Client.ID != "" {
		return usage("one client id is given, and one client for each assistant is wanted", "leave one of the two out", nil)
	}
	for _, a := range assistants {
		if err := add(name+"-"+a.ID, a.ID, []connect.Assistant{a}); err != nil {
			return err
		}
	}
	return add(name+"-other", "", assistants)
}

// redirects computes the redirect URIs of assistants, those apart whose port nobody decided.
func (b *Build) redirects(f File, used []connect.Assistant) (fixed, movable []idp.RedirectURI, err error) {
	compute := func(assistants []connect.Assistant) ([]idp.RedirectURI, error) {
		uris, warnings, err := connect.Redirects(b.Kind, assistants, f.ConnectURLs, connect.RedirectOptions{
			Port:   b.CallbackPort,
			Strict: f.IDP.Keycloak != nil && f.IDP.Keycloak.StrictRedirects,
		})
		for _, w := range warnings {
			if !slices.Contains(b.Warnings, w) {
				b.Warnings = append(b.Warnings, w)
			}
		}
		return uris, err
	}
	if !b.Kind.Traits().Redirects.NeedsPort() || b.CallbackPort != 0 {
		fixed, err = compute(used)
		return fixed, nil, err
	}
	bound := slices.DeleteFunc(slices.Clone(used), connect.Assistant.TakesPort)
	told := slices.DeleteFunc(slices.Clone(used), func(a connect.Assistant) bool { return !a.TakesPort() })
	if fixed, err = compute(bound); err != nil {
		return nil, nil, err
	}
	movable, err = compute(told)
	return fixed, movable, err
}

// users are the single users of the kinds that know them.
func (f File) users() []string {
	switch {
	case f.IDP.Okta != nil:
		return f.IDP.Okta.AssignUsers
	case f.IDP.Cognito != nil:
		return f.IDP.Cognito.AddUsers
	}
	return nil
}

func extraRedirects(c Client) ([]idp.RedirectURI, error) {
	var extra []idp.RedirectURI
	for _, s := range slices.Concat(c.RedirectURIs, c.AllowRedirects) {
		uri, err := idp.ParseRedirectURI(s, c.AllowRedirects...)
		if err != nil {
			return nil, err
		}
		extra = append(extra, uri)
	}
	return extra, nil
}

func union(lists ...[]idp.RedirectURI) []idp.RedirectURI {
	var all []idp.RedirectURI
	for _, uri := range slices.Concat(lists...) {
		if !slices.Contains(all, uri) {
			all = append(all, uri)
		}
	}
	return all
}
