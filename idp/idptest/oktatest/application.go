package oktatest

import (
	"crypto/rand"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

const openIDConnect = "OPENID_CONNECT"

// settle judges an app that shall be stored and gives what is left open its default.
func (o *Okta) settle(a *app) (answer, bool) {
	d := a.document
	delete(d, "_links")
	delete(d, "_embedded")
	d["lastUpdated"] = now()
	const longest = 100
	switch label := text(d, "label"); {
	case label == "":
		return invalid("label", blank), true
	case len(label) > longest:
		return invalid("label", "The field is too long"), true
	case text(d, "signOnMode") == "":
		return invalid("signOnMode", blank), true
	case text(d, "signOnMode") != openIDConnect:
		fill(d, commonDefaults())
		return answer{}, false
	}
	client := within(d, "credentials", "oauthClient")
	if text(client, "client_id") == "" {
		client["client_id"] = text(d, "id")
	}
	settings := within(d, "settings", "oauthClient")
	method := text(client, "token_endpoint_auth_method")
	fill(d, commonDefaults())
	fill(d, openIDDefaults(method == "none"))
	if refresh := at(d, "settings", "oauthClient", "refresh_token"); slices.Contains(words(settings, "grant_types"), "refresh_token") || refresh != nil {
		fill(within(settings, "refresh_token"), refreshDefaults(text(settings, "refresh_token", "rotation_type")))
	}
	if method := text(client, "token_endpoint_auth_method"); method != "none" && method != "private_key_jwt" && client["client_secret"] == nil {
		client["client_secret"] = rand.Text() + rand.Text()
	}
	return o.refusalOfClient(client, settings)
}

func commonDefaults() document {
	return document{
		"accessibility": document{"selfService": false},
		"visibility":    document{"autoLaunch": false, "autoSubmitToolbar": false, "hide": document{"iOS": true, "web": true}},
		"features":      []any{},
		"credentials":   document{"userNameTemplate": document{"template": "${source.login}", "type": "BUILT_IN"}, "signing": document{}},
		"settings": document{
			"implicitAssignment": false, "notes": document{},
			"notifications": document{"vpn": document{"network": document{"connection": "DISABLED"}}},
		},
	}
}

// openIDDefaults are those of an OpenID Connect app; a public client must prove codes.
func openIDDefaults(public bool) document {
	return document{
		"name":       "oidc_client",
		"visibility": document{"appLinks": document{"oidc_client_link": true}},
		"credentials": document{"oauthClient": document{
			"autoKeyRotation": true, "token_endpoint_auth_method": "client_secret_basic", "pkce_required": public,
		}},
		"settings": document{"oauthClient": document{
			"redirect_uris": []any{}, "response_types": []any{"code"}, "grant_types": []any{"authorization_code"}, "application_type": "web",
			"consent_method": "TRUSTED", "issuer_mode": "DYNAMIC", "wildcard_redirect": "DISABLED", "dpop_bound_access_tokens": false,
			"idp_initiated_login": document{"mode": "DISABLED", "default_scope": []any{}},
		}},
	}
}

// refreshDefaults are those of refresh tokens: they stay the same unless they shall rotate, and
// then the old one works for another 30 seconds.
func refreshDefaults(rotation string) document {
	if rotation == "ROTATE" {
		return document{"leeway": json.Number("30")}
	}
	return document{"rotation_type": "STATIC", "leeway": json.Number("0")}
}

// refusalOfClient judges the OAuth settings of an app.
func (o *Okta) refusalOfClient(client, settings document) (answer, bool) {
	kind, method := text(settings, "application_type"), text(client, "token_endpoint_auth_method")
	grants, redirects := words(settings, "grant_types"), words(settings, "redirect_uris")
	public := kind == "native" || kind == "browser"
	interactive := slices.Contains(grants, "authorization_code") || slices.Contains(grants, "implicit")
	switch {
	case !slices.Contains([]string{"web", "native", "browser", "service"}, kind):
		return invalid("application_type", "'"+kind+"' is not a known application type"), true
	case method == "none" && !public:
		return invalid("token_endpoint_auth_method", "'none' needs the application type 'native' or 'browser'"), true
	case method == "none" && client["pkce_required"] == false:
		return invalid("pkce_required", "must be true when token_endpoint_auth_method is 'none'"), true
	case len(grants) == 0:
		return invalid("grant_types", blank), true
	case slices.Contains(grants, "authorization_code") && !slices.Contains(words(settings, "response_types"), "code"):
		return invalid("response_types", "'authorization_code' needs the response type 'code'"), true
	case slices.Contains(grants, "refresh_token") && len(grants) == 1:
		return invalid("grant_types", "'refresh_token' needs another grant type beside it"), true
	case interactive && len(redirects) == 0:
		return invalid("redirect_uris", "At least one redirect URI must be specified for this client"), true
	}
	if leeway := number(settings, 0, "refresh_token", "leeway"); leeway < 0 || leeway > 60 {
		return invalid("leeway", "must be between 0 and 60"), true
	}
	for _, uri := range redirects {
		if why := illegalRedirect(uri, text(settings, "wildcard_redirect")); why != "" {
			return invalid("redirect_uris", "'"+uri+"' "+why), true
		}
	}
	return answer{}, false
}

// illegalRedirect tells what is wrong with a redirect URI that shall be registered; "" when
// nothing is. A wildcard may only stand for the lowest subdomain, and only when the app says so.
func illegalRedirect(uri, wildcards string) string {
	parsed, err := url.Parse(strings.Replace(uri, "//*.", "//wildcard.", 1))
	switch {
	case err != nil || parsed.Scheme == "":
		return "is not a valid absolute URI"
	case strings.Contains(uri, "#"):
		return "must not have a fragment"
	case strings.Contains(uri, "*") && (wildcards != "SUBDOMAIN" || strings.Count(uri, "*") > 1 || !strings.Contains(uri, "https://*.")):
		return "must not have a wildcard"
	}
	return ""
}
