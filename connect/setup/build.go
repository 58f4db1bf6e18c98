package setup

import (
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
	// CallbackPort is the port that the redirect URIs carry; 0 where the kind ignores it.
	CallbackPort int
	Warnings     []connect.Warning
}

// New computes what must be true of the identity provider for everything in f to log in. It
// reads nothing but f. Errors are [*idp.Error] of [idp.CodeUsage].
func New(f File) (*Build, error) {
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
	b.Spec.Assign = f.Assign
	for _, m := range f.Groups {
		b.Spec.Groups = append(b.Spec.Groups, m.Group)
	}
	b.Spec.Resources = f.ConnectURLs
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
		redirects, warnings, err := connect.Redirects(b.Kind, used, f.ConnectURLs, connect.RedirectOptions{
			Port:   f.Client.CallbackPort,
			Strict: f.IDP.Keycloak != nil && f.IDP.Keycloak.StrictRedirects,
		})
		if err != nil {
			return fmt.Errorf("computing redirect URIs: %w", err)
		}
		b.Spec.Clients = append(b.Spec.Clients, idp.Client{
			Name: client, Assistant: assistant, Redirects: union(redirects, extra),
		})
		for _, w := range warnings {
			if !slices.Contains(b.Warnings, w) {
				b.Warnings = append(b.Warnings, w)
			}
		}
		b.Advertised = client
		return nil
	}
	if !f.Client.PerAssistant {
		return add(name, "", assistants)
	}
	for _, a := range assistants {
		if err := add(name+"-"+a.ID, a.ID, []connect.Assistant{a}); err != nil {
			return err
		}
	}
	return add(name+"-other", "", assistants)
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
