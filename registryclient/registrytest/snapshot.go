package registrytest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// snapshot is what the registry knows while it answers one request. It is never changed.
type snapshot struct {
	Config  // with its defaults
	release release
	spans   map[Rule]span
	entries []entry
}

// newSnapshot fills in defaults and makes the stored documents. What before knows keeps its id.
func newSnapshot(c Config, url string, before *snapshot) (*snapshot, error) {
	fill(&c.Provider, "keycloak")
	fill(&c.GatewayClientID, "mcp-gateway-web")
	fill(&c.M2MClientID, c.GatewayClientID)
	fill(&c.PublicURL, url)
	fill(&c.DeploymentMode, "with-gateway")
	fill(&c.Version, c.Release)
	fill(&c.Version, "1.0.0")
	release, err := parseRelease(c.Release)
	if err != nil {
		return nil, err
	}
	if _, ok := providerTitles()[c.Provider]; !ok {
		return nil, fmt.Errorf("unknown provider %q", c.Provider)
	}
	if c.AdvertisedScopes == nil {
		c.AdvertisedScopes = defaultScopes()
	}
	if c.Scopes == nil {
		c.Scopes = []Scope{adminScope("registry-admins")}
	}
	now := &snapshot{Config: c.detached(), release: release, spans: spans()}
	now.forget()
	for _, s := range c.Servers {
		s = now.forgetOverrides(s)
		if !strings.HasPrefix(s.Path, "/") || pathName(s.Path) == "" {
			return nil, fmt.Errorf("server path %q: want a leading slash and a name", s.Path)
		}
		if now.entry(s.Path) != nil {
			return nil, fmt.Errorf("two servers at %q", s.Path)
		}
		now.entries = append(now.entries, newEntry(s, before, time.Now().UTC()))
	}
	slices.SortFunc(now.entries, func(a, b entry) int { return strings.Compare(a.Path, b.Path) })
	return now, nil
}

func defaultScopes() []string { return []string{"openid", "email", "profile", "offline_access"} }

// detached is the configuration without anything that its owner may still change.
func (c Config) detached() Config {
	c.Off, c.Keys, c.Scopes = maps.Clone(c.Off), slices.Clone(c.Keys), slices.Clone(c.Scopes)
	c.MachineClients = slices.Clone(c.MachineClients)
	for i := range c.Keys {
		c.Keys[i].Groups = slices.Clone(c.Keys[i].Groups)
	}
	for i := range c.Scopes {
		s := &c.Scopes[i]
		s.GroupMappings, s.ServerAccess = slices.Clone(s.GroupMappings), slices.Clone(s.ServerAccess)
		for j := range s.ServerAccess {
			a := &s.ServerAccess[j]
			a.Methods, a.Tools = slices.Clone(a.Methods), slices.Clone(a.Tools)
		}
		s.UIPermissions = maps.Clone(s.UIPermissions)
	}
	c.AdvertisedScopes = slices.Clone(c.AdvertisedScopes)
	c.AllowedAudiences, c.M2MClientIDs = slices.Clone(c.AllowedAudiences), slices.Clone(c.M2MClientIDs)
	return c
}

func fill(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// entry finds a server by its path, whatever slashes are around it; nil if there is none.
func (now *snapshot) entry(path string) *entry {
	for i := range now.entries {
		switch {
		case now.entries[i].Path == path:
			return &now.entries[i]
		case now.holds(SlashTolerance) && pathName(now.entries[i].Path) == pathName(path):
			return &now.entries[i]
		}
	}
	return nil
}

// pathName is a path without the slashes around it: the name of a server in scope documents.
func pathName(path string) string { return strings.Trim(path, "/") }

// providerTitles maps the providers to how /api/auth/providers shows them.
func providerTitles() map[string]string {
	return map[string]string{
		"keycloak": "Keycloak", "okta": "Okta", "cognito": "Amazon Cognito", "entra": "Microsoft Entra ID",
	}
}
