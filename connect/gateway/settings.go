package gateway

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// Setting is one setting of the gateway: a value and the name it has in each deployment.
// Settings are read at start; a change needs a restart.
type Setting struct {
	Name      string // environment variable
	Value     string
	Helm      string  // path of the key in the chart's values, parts joined by dots
	Terraform string  // variable of the Terraform module
	Numeric   bool    // Helm and Terraform take a number
	Since     Release // that reads it; zero when not known
}

// Input is what the settings are computed from.
type Input struct {
	ClientID string // the public client that assistants log in with
	// CallbackPort is the port of the redirect URIs; it is left out for a kind that ignores it.
	CallbackPort int
	// Scopes are the OAuth scopes to advertise; those of the kind when empty.
	Scopes []string
	// Audience is what tokens carry in aud (Okta), or the client id of the application that they
	// are for, where it is not the gateway's own (Entra); empty when not known or not needed.
	Audience string
	// ExtraClientIDs are further public clients whose tokens must be accepted (Cognito).
	ExtraClientIDs []string
}

// Settings returns the settings that a gateway in front of that kind needs for logins of
// assistants, in the order in which they are printed. What is empty in the input is left out;
// the advertised scopes never are: the gateway's default fails on Cognito, and a line that is
// printed on every kind can be compared on every kind.
func Settings(kind idp.Kind, in Input) []Setting {
	var list []Setting
	add := func(s Setting) {
		if s.Value != "" {
			list = append(list, s)
		}
	}
	add(Setting{
		Name: "IDE_OAUTH_CLIENT_ID", Value: in.ClientID,
		Helm: "registry.ideOauthClientId", Terraform: "ide_oauth_client_id", Since: Since(ConnectSettings),
	})
	if kind.Traits().Redirects.NeedsPort() && in.CallbackPort > 0 {
		add(Setting{
			Name: "IDE_OAUTH_CALLBACK_PORT", Value: strconv.Itoa(in.CallbackPort),
			Helm: "registry.ideOauthCallbackPort", Terraform: "ide_oauth_callback_port", Numeric: true, Since: Since(ConnectSettings),
		})
	}
	scopes := in.Scopes
	if len(scopes) == 0 {
		scopes = kind.Traits().Scopes
	}
	add(Setting{
		Name: "MCP_ADVERTISED_SCOPES", Value: strings.Join(scopes, " "),
		Helm: "registry.app.mcpAdvertisedScopes", Terraform: "mcp_advertised_scopes", Since: Since(ConnectSettings),
	})
	switch kind {
	case idp.Okta:
		add(Setting{
			Name: "OKTA_M2M_ALLOWED_AUDIENCES", Value: in.Audience,
			Helm: "auth-server.okta.m2mAllowedAudiences", Terraform: "okta_m2m_allowed_audiences", Since: Since(OktaAudience),
		})
	case idp.Entra:
		add(Setting{
			Name: "ENTRA_APPLICATION_ID_URI", Value: in.Audience,
			Helm: "auth-server.entra.applicationIdUri", Terraform: "entra_application_id_uri",
		})
	case idp.Cognito:
		add(Setting{
			Name: "COGNITO_M2M_CLIENT_IDS", Value: strings.Join(extraClients(in), ","),
			Helm: "auth-server.cognito.m2mClientIds", Terraform: "cognito_m2m_client_ids",
		})
	}
	return list
}

// extraClients returns the extra client ids, each once, without the one that is advertised.
func extraClients(in Input) []string {
	var extra []string
	for _, id := range in.ExtraClientIDs {
		if id != "" && id != in.ClientID && !slices.Contains(extra, id) {
			extra = append(extra, id)
		}
	}
	return extra
}
