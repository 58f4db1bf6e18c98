package gateway

// Feature is a behaviour of the gateway that came with a release.
type Feature string

// The features that decide what mcpreg does.
const (
	ConnectSettings   Feature = "connect settings"
	Overrides         Feature = "per-server overrides"
	ConnectScope      Feature = "connect scope"
	OktaAudience      Feature = "Okta audience check"
	StrictAudience    Feature = "Keycloak audience without account"
	EntraServers      Feature = "Entra logins"
	ExplicitMCPPath   Feature = "explicit /mcp"
	SlashSafeOverride Feature = "overrides of paths that end in a slash"
)

// Gate says since which release there is a feature, and what for.
type Gate struct {
	Feature Feature
	Since   Release
	For     string // what it changes for a login, a sentence without period
}

// Gates lists every gate, oldest first, from the gateway's release notes.
func Gates() []Gate {
	return []Gate{
		{ConnectSettings, Release{1, 24, 5}, "IDE_OAUTH_CLIENT_ID, IDE_OAUTH_CALLBACK_PORT and MCP_ADVERTISED_SCOPES are read"},
		{Overrides, Release{1, 24, 7}, "a server's own oauth_client_id and append_mcp_path can be set over HTTP"},
		{ConnectScope, Release{1, 27, 0}, "IDE_CONNECT_SCOPE is read, and connect-config has connect_scope"},
		{OktaAudience, Release{1, 27, 0}, "tokens of Okta need an audience of OKTA_M2M_ALLOWED_AUDIENCES or a client id of the gateway"},
		{StrictAudience, Release{1, 28, 0}, `tokens of Keycloak with no other audience than "account" are refused`},
		{EntraServers, Release{1, 29, 0}, "each server has metadata of its own on Entra, and its URL is an accepted audience"},
		{ExplicitMCPPath, Release{1, 29, 0}, "/mcp is appended to a connect URL unless append_mcp_path is false"},
		{SlashSafeOverride, Release{1, 32, 0}, "a server stored with a slash at the end of its path can be changed over HTTP"},
	}
}

// Has reports whether the release has the feature.
func (r Release) Has(f Feature) bool { return r.Compare(Since(f)) >= 0 }

// Since returns the release that brought the feature, the zero Release for an unknown one.
func Since(f Feature) Release {
	for _, g := range Gates() {
		if g.Feature == f {
			return g.Since
		}
	}
	return Release{}
}
