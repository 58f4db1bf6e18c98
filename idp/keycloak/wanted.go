package keycloak

import (
	"maps"
	"slices"
	"strings"

	"github.com/Nerzal/gocloak/v13"
)

// Names that Keycloak and mcpreg use for our objects.
const (
	system = "keycloak"
	owner  = "keycloak administrator"

	markAttribute   = "mcpreg.managed"
	pkceAttribute   = "pkce.code.challenge.method"
	deviceAttribute = "oauth2.device.authorization.grant.enabled"
	issAttribute    = "exclude.issuer.from.auth.response"

	groupsMapperName   = "groups"
	groupsMapperType   = "oidc-group-membership-mapper"
	audienceMapperName = "mcp-gateway-audience"
	audienceMapperType = "oidc-audience-mapper"
)

// wanted is what must be true of one client.
type wanted struct {
	clientID  string
	redirects []string
	audience  string
	fullPath  bool
	prune     bool
}

// scopeAssignment is how a client has a client scope.
type scopeAssignment string

const (
	unassigned scopeAssignment = "not assigned"
	asDefault  scopeAssignment = "default"
	asOptional scopeAssignment = "optional"
)

// wantedScope is a client scope that logins need.
type wantedScope struct {
	name       string
	assignment scopeAssignment
	prevents   string
}

// wantedScopes lists the client scopes that logins need: basic brings sub since Keycloak 25, and
// offline_access is what assistants ask for to stay logged in.
func wantedScopes() []wantedScope {
	return []wantedScope{
		{"basic", asDefault, "KC10"},
		{"profile", asDefault, "KC03"},
		{"email", asDefault, "KC03"},
		{"offline_access", asOptional, "KC04"},
	}
}

// scopeOptionalOnServer tells a scope whose absence from the whole realm is in order: servers
// before 25 have no basic, and put sub into every token.
func scopeOptionalOnServer(name string) bool { return name == "basic" }

// representation is the client as it is created, in one request. Fields that it leaves out get
// the server's defaults; webOrigins is empty so that the server does not derive useless origins
// from the redirect URIs.
func (w wanted) representation() gocloak.Client {
	c := gocloak.Client{
		ClientID:               gocloak.StringP(w.clientID),
		Protocol:               gocloak.StringP("openid-connect"),
		PublicClient:           gocloak.BoolP(true),
		ConsentRequired:        gocloak.BoolP(false),
		FullScopeAllowed:       gocloak.BoolP(false),
		WebOrigins:             &[]string{},
		DefaultClientScopes:    &[]string{},
		OptionalClientScopes:   &[]string{},
		ProtocolMappers:        &[]gocloak.ProtocolMapperRepresentation{},
		Attributes:             &map[string]string{},
		ServiceAccountsEnabled: gocloak.BoolP(false),
	}
	for _, p := range properties(w) {
		p.set(&c)
	}
	for _, s := range wantedScopes() {
		list := c.DefaultClientScopes
		if s.assignment == asOptional {
			list = c.OptionalClientScopes
		}
		*list = append(*list, s.name)
	}
	return c
}

// repair is the body of the one PUT that makes every property right: the fields we own, and
// those that the server would otherwise reset. Mappers are sent whole, because the list replaces
// the client's; attributes only those that change, because the server merges them.
func (w wanted) repair(have gocloak.Client) gocloak.Client {
	body := gocloak.Client{
		ID:              have.ID,
		RedirectURIs:    clone(have.RedirectURIs),
		WebOrigins:      clone(have.WebOrigins),
		ProtocolMappers: cloneMappers(have.ProtocolMappers),
		Attributes:      &map[string]string{},
	}
	for _, p := range properties(w) {
		if !p.right(&have) {
			p.set(&body)
		}
	}
	return body
}

func clone(list *[]string) *[]string {
	if list == nil {
		return &[]string{}
	}
	copied := slices.Clone(*list)
	if copied == nil {
		copied = []string{}
	}
	return &copied
}

func cloneMappers(list *[]gocloak.ProtocolMapperRepresentation) *[]gocloak.ProtocolMapperRepresentation {
	copied := []gocloak.ProtocolMapperRepresentation{}
	if list == nil {
		return &copied
	}
	for _, m := range *list {
		if m.Config != nil {
			config := maps.Clone(*m.Config)
			m.Config = &config
		}
		copied = append(copied, m)
	}
	return &copied
}

func marked(c *gocloak.Client) bool { return attribute(c, markAttribute) == "true" }

func attribute(c *gocloak.Client, name string) string {
	if c == nil || c.Attributes == nil {
		return ""
	}
	return (*c.Attributes)[name]
}

func isTrue(b *bool) bool { return b != nil && *b }

func stringOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func listOf(list *[]string) []string {
	if list == nil {
		return nil
	}
	return *list
}

func scopeOf(c *gocloak.Client, name string) scopeAssignment {
	switch {
	case slices.Contains(listOf(c.DefaultClientScopes), name):
		return asDefault
	case slices.Contains(listOf(c.OptionalClientScopes), name):
		return asOptional
	}
	return unassigned
}

func onOff(on bool) []string {
	if on {
		return []string{"on"}
	}
	return []string{"off"}
}

func words(s string) []string {
	if s == "" {
		return nil
	}
	return []string{strings.TrimSpace(s)}
}
