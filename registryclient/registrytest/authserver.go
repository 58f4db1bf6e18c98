package registrytest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// serveAuthorizationServer answers authorization server metadata (RFC 8414): the document of the
// realm on Keycloak, elsewhere one that is built from settings.
func (r *Registry) serveAuthorizationServer(w http.ResponseWriter, req *http.Request, now *snapshot) {
	var body any
	var err error
	switch now.Provider {
	case "keycloak":
		body, err = r.issuer.metadata(req.Context(), now.Issuer)
	case "okta":
		body = now.oktaMetadata()
	case "cognito":
		body, err = r.cognitoMetadata(req, now)
	default:
		body = now.entraMetadata()
	}
	if err != nil {
		detail(w, http.StatusBadGateway, "Failed to build authorization server metadata")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, body)
}

// builtMetadata is what the built documents share. It lists no method "none" and no registration.
func (now *snapshot) builtMetadata(scopes ...string) document {
	return document{
		"issuer": now.Issuer, "scopes_supported": scopes,
		"response_types_supported":              []string{"code"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token", "client_credentials"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":      []string{"S256"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	}
}

func (now *snapshot) oktaMetadata() document {
	base := now.Issuer
	if !strings.Contains(base, "/oauth2/") {
		base += "/oauth2" // the org authorization server
	}
	d := now.builtMetadata("openid", "email", "profile", "groups")
	d["authorization_endpoint"] = base + "/v1/authorize"
	d["token_endpoint"] = base + "/v1/token"
	d["userinfo_endpoint"] = base + "/v1/userinfo"
	d["jwks_uri"] = base + "/v1/keys"
	d["end_session_endpoint"] = base + "/v1/logout"
	return d
}

func (r *Registry) cognitoMetadata(req *http.Request, now *snapshot) (document, error) {
	domain := now.CognitoDomain
	if domain == "" {
		text, err := r.issuer.metadata(req.Context(), now.Issuer)
		if err != nil {
			return nil, err
		}
		var published struct {
			Endpoint string `json:"authorization_endpoint"`
		}
		if err := json.Unmarshal(text, &published); err != nil {
			return nil, err
		}
		domain = strings.TrimSuffix(published.Endpoint, "/oauth2/authorize")
	}
	d := now.builtMetadata("openid", "email", "profile")
	d["authorization_endpoint"] = domain + "/oauth2/authorize"
	d["token_endpoint"] = domain + "/oauth2/token"
	d["userinfo_endpoint"] = domain + "/oauth2/userInfo"
	d["jwks_uri"] = now.Issuer + "/.well-known/jwks.json"
	d["end_session_endpoint"] = domain + "/logout"
	return d, nil
}

// entraTenant is the base URL of the tenant, which ends in its id.
func (now *snapshot) entraTenant() string { return strings.TrimSuffix(now.Issuer, "/v2.0") }

func (now *snapshot) entraMetadata() document {
	base := now.entraTenant()
	d := now.builtMetadata("openid", "email", "profile", "offline_access")
	d["authorization_endpoint"] = base + "/oauth2/v2.0/authorize"
	d["token_endpoint"] = base + "/oauth2/v2.0/token"
	d["userinfo_endpoint"] = "https://graph.microsoft.com/oidc/userinfo"
	d["jwks_uri"] = base + "/discovery/v2.0/keys"
	d["end_session_endpoint"] = base + "/oauth2/v2.0/logout"
	d["response_types_supported"] = []string{"code", "id_token", "code id_token"}
	d["subject_types_supported"] = []string{"pairwise"}
	d["token_endpoint_auth_methods_supported"] = []string{"client_secret_basic", "client_secret_post", "private_key_jwt"}
	return d
}
