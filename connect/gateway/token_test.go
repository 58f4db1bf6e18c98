package gateway_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
)

var now = time.Unix(1700000000, 0)

// checks maps each check to "accepted", or to the outcome, the status and the failure's id.
func checks(c gateway.Claims, a gateway.Acceptance) map[string]string {
	result := map[string]string{}
	for _, v := range gateway.Judge(c, a, now) {
		result[v.Check] = string(v.Outcome)
		if v.Outcome != gateway.Accepted {
			result[v.Check] += " " + map[int]string{401: "401", 403: "403"}[v.Status] + " " + v.Failure
		}
	}
	return result
}

// judged asserts the checks that do not accept the token; all others must.
func judged(t *testing.T, c gateway.Claims, a gateway.Acceptance, want map[string]string) {
	t.Helper()
	got := checks(c, a)
	if len(got) < 4 {
		t.Fatalf("only %v were checked", got)
	}
	for check, outcome := range got {
		if outcome == "accepted" {
			delete(got, check)
		}
	}
	if len(want) == 0 {
		want = map[string]string{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

const realm = "https://sso.example.com/realms/mcp-gateway"

func keycloakGateway() gateway.Acceptance {
	return gateway.Acceptance{
		Kind: idp.Keycloak, ClientID: "mcp-gateway-web", M2MClientID: "mcp-gateway-m2m",
		Issuers: []string{realm, "http://keycloak:8080/realms/mcp-gateway"},
	}
}

func keycloakToken(change func(*gateway.Claims)) gateway.Claims {
	c := gateway.Claims{
		Issuer: realm, Subject: "u1", Audience: []string{"mcp-gateway"}, ClientID: "mcp-gateway-ide",
		IssuedAt: now.Add(-time.Minute), Expires: now.Add(4 * time.Minute), Groups: []string{"devs"},
	}
	if change != nil {
		change(&c)
	}
	return c
}

// What a real gateway 1.30 answered: recordings 48-mcp-user-token.json (groups),
// 49-mcp-audience.json (audience, issuer, time) and 50-me-user-token.json.
func TestKeycloakAsRecorded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*gateway.Claims)
		want   map[string]string
	}{
		{"48: user-token groups=devs", nil, nil},
		{"49: user-token aud=account", func(c *gateway.Claims) { c.Audience = []string{"account"} }, map[string]string{"audience": "refused 401 KC07"}},
		{"49: user-token without aud", func(c *gateway.Claims) { c.Audience = nil }, map[string]string{"audience": "refused 401 KC06"}},
		{"49: user-token other issuer", func(c *gateway.Claims) { c.Issuer = "https://other.example.com/realms/mcp-gateway" }, map[string]string{"issuer": "refused 401 KC11"}},
		{"49: expired user-token", func(c *gateway.Claims) { c.Expires = now.Add(-time.Second) }, map[string]string{"time": "refused 401 GW14"}},
		{"49: user-token aud=mcp-gateway", func(c *gateway.Claims) { c.Audience = []string{"mcp-gateway"} }, nil},
		{"49: user-token aud=mcp-gateway-web", func(c *gateway.Claims) { c.Audience = []string{"mcp-gateway-web"} }, nil},
		{"49: user-token aud=mcp-gateway-m2m", func(c *gateway.Claims) { c.Audience = []string{"mcp-gateway-m2m"} }, nil},
		{"49: user-token aud=['account', 'mcp-gateway']", func(c *gateway.Claims) { c.Audience = []string{"account", "mcp-gateway"} }, nil},
		{"48: user-token without groups claim", func(c *gateway.Claims) { c.Groups = nil }, map[string]string{"groups": "refused 403 KC08"}},
		{"48: user-token groups=/devs", func(c *gateway.Claims) { c.Groups = []string{"/devs"} }, map[string]string{"groups": "uncertain 403 KC09"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			judged(t, keycloakToken(tt.change), keycloakGateway(), tt.want)
		})
	}
}

func TestKeycloak(t *testing.T) {
	t.Parallel()
	old := keycloakGateway()
	old.Release = gateway.Release{Major: 1, Minor: 27, Patch: 1}
	first := keycloakGateway()
	first.Release = gateway.Release{Major: 1, Minor: 28}
	outside := gateway.Acceptance{Kind: idp.Keycloak} // nothing known but the kind
	for _, tt := range []struct {
		name   string
		change func(*gateway.Claims)
		a      gateway.Acceptance
		want   map[string]string
	}{
		{"account before 1.28", func(c *gateway.Claims) { c.Audience = []string{"account"} }, old, nil},
		{"account from 1.28", func(c *gateway.Claims) { c.Audience = []string{"account"} }, first, map[string]string{"audience": "refused 401 KC07"}},
		{"another audience", func(c *gateway.Claims) { c.Audience = []string{"account", "crm"} }, keycloakGateway(), map[string]string{"audience": "refused 401 KC06"}},
		{"another audience, own client unknown", func(c *gateway.Claims) { c.Audience = []string{"crm"} }, outside, map[string]string{"audience": "uncertain 401 KC06", "issuer": "uncertain 401 KC11"}},
		{"account, own client unknown", func(c *gateway.Claims) { c.Audience = []string{"account"} }, outside, map[string]string{"audience": "refused 401 KC07", "issuer": "uncertain 401 KC11"}},
		{"no audience, own client unknown", func(c *gateway.Claims) { c.Audience = []string{} }, outside, map[string]string{"audience": "refused 401 KC06", "issuer": "uncertain 401 KC11"}},
		{"an empty audience is none of the unset clients", func(c *gateway.Claims) { c.Audience = []string{""} }, outside, map[string]string{"audience": "uncertain 401 KC06", "issuer": "uncertain 401 KC11"}},
		{"internal issuer", func(c *gateway.Claims) { c.Issuer = "http://keycloak:8080/realms/mcp-gateway" }, keycloakGateway(), nil},
		{"issuer with a slash", func(c *gateway.Claims) { c.Issuer = realm + "/" }, keycloakGateway(), map[string]string{"issuer": "refused 401 KC11"}},
		{"no issuer", func(c *gateway.Claims) { c.Issuer = "" }, keycloakGateway(), map[string]string{"issuer": "refused 401 KC11"}},
		{"in no group", func(c *gateway.Claims) { c.Groups = []string{} }, keycloakGateway(), map[string]string{"groups": "refused 403 KC08"}},
		{"full path and name", func(c *gateway.Claims) { c.Groups = []string{"/devs", "devs"} }, keycloakGateway(), nil},
		{"everything wrong", func(c *gateway.Claims) { *c = gateway.Claims{NotBefore: now.Add(time.Hour)} }, keycloakGateway(), map[string]string{
			"time": "refused 401 GW14", "issuer": "refused 401 KC11", "audience": "refused 401 KC06", "groups": "refused 403 KC08",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) { judged(t, keycloakToken(tt.change), tt.a, tt.want) })
	}
}

// RFC 7519: on or after exp the token must not be accepted, before nbf neither.
func TestTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		expires, notYet time.Time
		issued          time.Time
		want            string
	}{
		{"one second left", now.Add(time.Second), time.Time{}, time.Time{}, "accepted"},
		{"expires now", now, time.Time{}, time.Time{}, "refused 401 GW14"},
		{"expired", now.Add(-time.Hour), time.Time{}, time.Time{}, "refused 401 GW14"},
		{"starts now", now.Add(time.Hour), now, now, "accepted"},
		{"starts in a second", now.Add(time.Hour), now.Add(time.Second), time.Time{}, "refused 401 GW14"},
		{"issued in a second", now.Add(time.Hour), time.Time{}, now.Add(time.Second), "refused 401 GW14"},
		{"no times", time.Time{}, time.Time{}, time.Time{}, "accepted"},
	} {
		for _, kind := range idp.Kinds() {
			got := checks(gateway.Claims{Expires: tt.expires, NotBefore: tt.notYet, IssuedAt: tt.issued}, gateway.Acceptance{Kind: kind})
			if got["time"] != tt.want {
				t.Errorf("%s on %s is %s, want %s", tt.name, kind, got["time"], tt.want)
			}
		}
	}
}

// The gateway's Okta rule: api://default refused unless listed, the assistants' own client id
// refused, the web client's accepted, the org issuer refused where a custom one is configured.
func TestOkta(t *testing.T) {
	t.Parallel()
	const issuer = "https://acme.okta.com/oauth2/default"
	listed := gateway.Acceptance{Kind: idp.Okta, Issuers: []string{issuer}, ClientID: "0oaWEB", M2MClientID: "0oaM2M", AllowedAudiences: []string{"api://default"}}
	none := listed
	none.AllowedAudiences = []string{}
	unseen := listed
	unseen.AllowedAudiences = nil
	before := none
	before.Release = gateway.Release{Major: 1, Minor: 26}
	token := gateway.Claims{Issuer: issuer, Audience: []string{"api://default"}, ClientID: "0oaIDE", Expires: now.Add(time.Hour), Groups: []string{"registry-admins"}}
	for _, tt := range []struct {
		name   string
		change func(*gateway.Claims)
		a      gateway.Acceptance
		want   map[string]string
	}{
		{"audience listed", nil, listed, nil},
		{"audience not listed", nil, none, map[string]string{"audience": "refused 401 OK08"}},
		{"list not readable", nil, unseen, map[string]string{"audience": "uncertain 401 OK08"}},
		{"not checked before 1.27", nil, before, nil},
		{"before 1.27 without cid", func(c *gateway.Claims) { c.ClientID = "" }, before, map[string]string{"audience": "refused 401 OK08"}},
		{"audience is the assistants' client", func(c *gateway.Claims) { c.Audience = []string{"0oaIDE"} }, listed, map[string]string{"audience": "refused 401 OK08"}},
		{"audience is the web client", func(c *gateway.Claims) { c.Audience = []string{"0oaWEB"} }, none, nil},
		{"audience is the machine client", func(c *gateway.Claims) { c.Audience = []string{"0oaM2M"} }, none, nil},
		{"no audience", func(c *gateway.Claims) { c.Audience = nil }, listed, map[string]string{"audience": "refused 401 OK08"}},
		{"org authorization server", func(c *gateway.Claims) { c.Issuer = "https://acme.okta.com" }, listed, map[string]string{"issuer": "refused 401 OK09"}},
		{"no groups claim", func(c *gateway.Claims) { c.Groups = nil }, listed, map[string]string{"groups": "refused 403 OK05"}},
		{"a group with a slash is only a name", func(c *gateway.Claims) { c.Groups = []string{"/devs"} }, listed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := token
			if tt.change != nil {
				tt.change(&c)
			}
			judged(t, c, tt.a, tt.want)
		})
	}
}

// The gateway's Cognito rule: the client must be its own, the advertised one or a listed one;
// a * in the list admits machines only.
func TestCognito(t *testing.T) {
	t.Parallel()
	const pool = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE"
	known := gateway.Acceptance{Kind: idp.Cognito, Issuers: []string{pool}, ClientID: "a", IDEClientID: "b", M2MClientIDs: []string{}}
	listed := known
	listed.M2MClientIDs = []string{"c"}
	wildcard := known
	wildcard.M2MClientIDs = []string{"*"}
	unlisted := known
	unlisted.M2MClientIDs = nil
	outside := gateway.Acceptance{Kind: idp.Cognito, Issuers: []string{pool}, IDEClientID: "b"}
	token := gateway.Claims{Issuer: pool, ClientID: "b", TokenUse: "access", Username: "bob", Expires: now.Add(time.Hour), Groups: []string{"devs"}}
	client := func(id string) func(*gateway.Claims) { return func(c *gateway.Claims) { c.ClientID = id } }
	for _, tt := range []struct {
		name   string
		change func(*gateway.Claims)
		a      gateway.Acceptance
		want   map[string]string
	}{
		{"advertised client", nil, known, nil},
		{"advertised client, rest unknown", nil, outside, nil},
		{"web client", client("a"), known, nil},
		{"client of one server", client("c"), known, map[string]string{"client": "refused 401 CG05"}},
		{"client of one server, listed", client("c"), listed, nil},
		{"client of one server, list not readable", client("c"), outside, map[string]string{"client": "uncertain 401 CG05"}},
		{"client of one server, only the web client known", client("c"), unlisted, map[string]string{"client": "uncertain 401 CG05"}},
		{"wildcard does not admit users", client("c"), wildcard, map[string]string{"client": "refused 401 CG05"}},
		{"wildcard admits machines", func(c *gateway.Claims) { c.ClientID, c.Username = "c", "" }, wildcard, nil},
		{"a client called *", client("*"), wildcard, map[string]string{"client": "refused 401 CG05"}},
		{"no client", client(""), known, map[string]string{"client": "refused 401 CG05"}},
		{"ID token for the web client", func(c *gateway.Claims) { c.TokenUse, c.Audience = "id", []string{"a"} }, known, nil},
		{"ID token for the advertised client", func(c *gateway.Claims) { c.TokenUse, c.Audience = "id", []string{"b"} }, known, map[string]string{"client": "refused 401 CG05"}},
		{"ID token, web client unknown", func(c *gateway.Claims) { c.TokenUse, c.Audience = "id", []string{"b"} }, outside, map[string]string{"client": "uncertain 401 CG05"}},
		{"another pool", func(c *gateway.Claims) { c.Issuer += "2" }, known, map[string]string{"issuer": "refused 401 CG14"}},
		{"federated user", func(c *gateway.Claims) { c.Groups = nil }, known, map[string]string{"groups": "refused 403 CG06"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := token
			if tt.change != nil {
				tt.change(&c)
			}
			judged(t, c, tt.a, tt.want)
		})
	}
}

// The gateway's Entra rule as measured on 1.30: a server's URL with and without /mcp, the
// application and api:// before it; not the bare gateway, another server or a trailing slash.
func TestEntra(t *testing.T) {
	t.Parallel()
	const (
		app    = "11111111-2222-3333-4444-555555555555"
		issuer = "https://login.microsoftonline.com/t/v2.0"
		server = "https://gw.example.com/currenttime"
	)
	at := gateway.Acceptance{Kind: idp.Entra, Issuers: []string{issuer, "https://sts.windows.net/t/"}, ClientID: app, ServerURL: server + "/mcp"}
	old := at
	old.Release = gateway.Release{Major: 1, Minor: 28}
	root := at
	root.ServerURL = server + "/"
	custom := at
	custom.ApplicationIDURI = "api://gateway"
	outside := gateway.Acceptance{Kind: idp.Entra, Issuers: at.Issuers, ServerURL: server + "/mcp"}
	refused := map[string]string{"audience": "refused 401 EN13"}
	audience := func(aud string) func(*gateway.Claims) {
		return func(c *gateway.Claims) { c.Audience = []string{aud} }
	}
	token := gateway.Claims{Issuer: issuer, Audience: []string{server + "/mcp"}, ClientID: "c", Expires: now.Add(time.Hour), Groups: []string{"22222222-0000-0000-0000-000000000000"}}
	for _, tt := range []struct {
		name   string
		change func(*gateway.Claims)
		a      gateway.Acceptance
		want   map[string]string
	}{
		{"this server", nil, at, nil},
		{"this server without /mcp", audience(server), at, nil},
		{"root server", audience(server), root, nil},
		{"root server with /mcp", nil, root, nil},
		{"this server before 1.29", nil, old, refused},
		{"another server", audience("https://gw.example.com/fininfo/mcp"), at, refused},
		{"bare gateway", audience("https://gw.example.com"), at, refused},
		{"trailing slash", audience(server + "/mcp/"), at, refused},
		{"application", audience(app), at, nil},
		{"api:// application", audience("api://" + app), at, nil},
		{"configured identifier", audience("api://gateway"), custom, nil},
		{"identifier that is not configured", audience("api://gateway"), at, refused},
		{"application unknown", audience("api://gateway"), outside, map[string]string{"audience": "uncertain 401 EN13"}},
		{"application id unknown", audience(app), outside, map[string]string{"audience": "uncertain 401 EN13"}},
		{"another server, application unknown", audience("https://gw.example.com/fininfo/mcp"), outside, refused},
		{"Microsoft Graph", audience("00000003-0000-0000-c000-000000000000"), outside, refused},
		{"bare api://", audience("api://"), gateway.Acceptance{Kind: idp.Entra, Issuers: at.Issuers}, refused},
		{"no audience", func(c *gateway.Claims) { c.Audience = nil }, at, refused},
		{"v1 issuer", func(c *gateway.Claims) { c.Issuer = "https://sts.windows.net/t/" }, at, nil},
		{"another tenant", func(c *gateway.Claims) { c.Issuer = "https://login.microsoftonline.com/u/v2.0" }, at, map[string]string{"issuer": "refused 401 EN13"}},
		{"ID token", func(c *gateway.Claims) { c.Nonce = "n" }, at, map[string]string{"token type": "refused 401 EN14"}},
		{"no groups", func(c *gateway.Claims) { c.Groups = nil }, at, map[string]string{"groups": "refused 403 EN15"}},
		{"too many groups", func(c *gateway.Claims) { c.Groups, c.Overage = nil, true }, at, map[string]string{"groups": "refused 403 EN16"}},
		{"too many groups but roles", func(c *gateway.Claims) { c.Overage = true }, at, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := token
			if tt.change != nil {
				tt.change(&c)
			}
			judged(t, c, tt.a, tt.want)
		})
	}
}

// The first refusal is the one a user meets, so the order is the gateway's.
func TestJudgeKeepsTheGatewaysOrder(t *testing.T) {
	t.Parallel()
	for kind, want := range map[idp.Kind][]string{
		idp.Keycloak: {"time", "issuer", "audience", "groups"},
		idp.Okta:     {"time", "issuer", "audience", "groups"},
		idp.Cognito:  {"time", "issuer", "client", "groups"},
		idp.Entra:    {"token type", "time", "issuer", "audience", "groups"},
		"saml":       nil,
	} {
		var got []string
		for _, v := range gateway.Judge(gateway.Claims{}, gateway.Acceptance{Kind: kind}, now) {
			got = append(got, v.Check)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

// Claims come from outside: what is shown of them cannot move the cursor.
func TestVerdictsQuoteClaims(t *testing.T) {
	t.Parallel()
	evil := "x\x1b[2J\ny"
	c := gateway.Claims{Issuer: evil, Audience: []string{evil}, ClientID: evil, TokenUse: "access", Groups: []string{evil}}
	for _, kind := range idp.Kinds() {
		for _, v := range gateway.Judge(c, gateway.Acceptance{Kind: kind}, now) {
			for _, r := range v.Text {
				if r < ' ' {
					t.Errorf("%s %s shows %q", kind, v.Check, v.Text)
				}
			}
		}
	}
}
