package keycloak

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/Nerzal/gocloak/v13"
	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/plan"
)

func loopback() wanted {
	return wanted{
		clientID:  "mcp-gateway-ide",
		redirects: []string{"http://localhost/callback/*", "http://127.0.0.1/callback/*"},
		audience:  "mcp-gateway",
	}
}

// The body of the one POST, as it was measured to give a token that the gateway accepts on
// Keycloak 26.7.5, 26.2.5 and 24.0.5; mcpreg.managed is ours.
const measuredCreation = `{"clientId":"mcp-gateway-ide","protocol":"openid-connect","enabled":true,"publicClient":true,
 "standardFlowEnabled":true,"implicitFlowEnabled":false,"directAccessGrantsEnabled":false,"serviceAccountsEnabled":false,
 "consentRequired":false,"fullScopeAllowed":false,"webOrigins":[],
 "redirectUris":["http://localhost/callback/*","http://127.0.0.1/callback/*"],
 "attributes":{"pkce.code.challenge.method":"S256","mcpreg.managed":"true"},
 "defaultClientScopes":["basic","profile","email"],"optionalClientScopes":["offline_access"],
 "protocolMappers":[
  {"name":"groups","protocol":"openid-connect","protocolMapper":"oidc-group-membership-mapper","config":{"full.path":"false","id.token.claim":"true","access.token.claim":"true","userinfo.token.claim":"true","claim.name":"groups"}},
  {"name":"mcp-gateway-audience","protocol":"openid-connect","protocolMapper":"oidc-audience-mapper","config":{"included.custom.audience":"mcp-gateway","id.token.claim":"false","access.token.claim":"true"}}]}`

func TestCreationIsTheMeasuredRequest(t *testing.T) {
	t.Parallel()
	body, err := json.Marshal(loopback().representation())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decode(t, measuredCreation), decode(t, string(body))); diff != "" {
		t.Errorf("(-measured +sent):\n%s", diff)
	}
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// scriptClient is what the registry's own setup script leaves on a bare realm: wide redirects,
// a groups mapper, PKCE, and no audience; and what an operator added to it since.
func scriptClient() *gocloak.Client {
	return &gocloak.Client{
		ID: gocloak.StringP("uuid"), ClientID: gocloak.StringP("mcp-gateway-ide"), Protocol: gocloak.StringP("openid-connect"),
		PublicClient: gocloak.BoolP(true), Enabled: gocloak.BoolP(true), StandardFlowEnabled: gocloak.BoolP(true),
		FullScopeAllowed: gocloak.BoolP(true),
		RedirectURIs:     &[]string{"http://localhost/*", "http://127.0.0.1/*", "cursor://anysphere.cursor-mcp/oauth/callback"},
		WebOrigins:       &[]string{"http://localhost", "http://127.0.0.1"},
		Attributes:       &map[string]string{pkceAttribute: "S256", "access.token.lifespan": "60", "realm_client": "false"},
		ProtocolMappers: &[]gocloak.ProtocolMapperRepresentation{
			{
				ID: gocloak.StringP("m1"), Name: gocloak.StringP("groups"), Protocol: gocloak.StringP("openid-connect"), ProtocolMapper: gocloak.StringP(groupsMapperType),
				Config: &map[string]string{"full.path": "false", "access.token.claim": "true", "claim.name": "groups", "introspection.token.claim": "true"},
			},
			{
				ID: gocloak.StringP("m2"), Name: gocloak.StringP("department"), Protocol: gocloak.StringP("openid-connect"), ProtocolMapper: gocloak.StringP("oidc-usermodel-attribute-mapper"),
				Config: &map[string]string{"user.attribute": "department", "claim.name": "department"},
			},
		},
		DefaultClientScopes:  &[]string{"web-origins", "acr", "roles", "profile", "basic", "email"},
		OptionalClientScopes: &[]string{"address", "phone", "offline_access", "microprofile-jwt"},
	}
}

func TestAdoptingTheScriptsClient(t *testing.T) {
	t.Parallel()
	d := diff(loopback(), observed{client: scriptClient()})
	if len(d.changes) != 1 {
		t.Fatalf("changes %+v, want one", d.changes)
	}
	c := d.changes[0].Change
	var paths []string
	for _, f := range c.Fields {
		paths = append(paths, f.Path+" "+f.Prevents)
	}
	if diff := cmp.Diff([]string{"redirects KC01", "audience KC06", "mark "}, paths); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3 redirects", "1 mapper", "2 web origins"}, c.Kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if c.Confirm != "" {
		t.Errorf("replacing the script line for line must not need a yes: %q", c.Confirm)
	}
	var found []string
	for _, n := range d.notes {
		found = append(found, n.Failure)
	}
	if diff := cmp.Diff([]string{"KC20", "KC20", "KC20"}, found); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestWhatWaitsForAYes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		alter func(*gocloak.Client, *wanted)
		want  string
	}{
		"prune":             {func(_ *gocloak.Client, w *wanted) { w.prune = true }, "removes 3 redirect URIs"},
		"disabled":          {func(c *gocloak.Client, _ *wanted) { c.Enabled = gocloak.BoolP(false) }, "enables a client that was disabled"},
		"direct grant":      {func(c *gocloak.Client, _ *wanted) { c.DirectAccessGrantsEnabled = gocloak.BoolP(true) }, "turns direct access grants off"},
		"service account":   {func(c *gocloak.Client, _ *wanted) { c.ServiceAccountsEnabled = gocloak.BoolP(true) }, "turns service account off"},
		"device grant":      {func(c *gocloak.Client, _ *wanted) { (*c.Attributes)[deviceAttribute] = "true" }, "turns device grant off"},
		"PKCE not enforced": {func(c *gocloak.Client, _ *wanted) { delete(*c.Attributes, pkceAttribute) }, "turns pkce S256 on"},
		"direct grant, but ours": {func(c *gocloak.Client, _ *wanted) {
			c.DirectAccessGrantsEnabled = gocloak.BoolP(true)
			(*c.Attributes)[markAttribute] = "true"
		}, ""},
	}
	for name, test := range tests {
		w, have := loopback(), scriptClient()
		test.alter(have, &w)
		got := diff(w, observed{client: have}).changes[0].Confirm
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: confirm %q, want %q", name, got, test.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(*gocloak.Client){
		"confidential": func(c *gocloak.Client) { c.PublicClient = gocloak.BoolP(false) },
		"bearer-only":  func(c *gocloak.Client) { c.BearerOnly = gocloak.BoolP(true) },
		"saml":         func(c *gocloak.Client) { c.Protocol = gocloak.StringP("saml") },
	} {
		c := scriptClient()
		alter(c)
		if err := refusal("r", "mcp-gateway-ide", c); err == nil {
			t.Errorf("%s client: not refused", name)
		}
	}
	if err := refusal("r", "mcp-gateway-ide", scriptClient()); err != nil {
		t.Errorf("public client refused: %v", err)
	}
}

func TestScopeDrift(t *testing.T) {
	t.Parallel()
	realm := map[string]string{"basic": "1", "profile": "2", "email": "3", "offline_access": "4"}
	c := scriptClient()
	c.DefaultClientScopes, c.OptionalClientScopes = &[]string{"profile", "offline_access"}, &[]string{"basic"}
	d := diff(loopback(), observed{client: c, scopes: realm})
	var got []string
	for _, s := range d.changes[1:] {
		got = append(got, s.Name+" "+s.Fields[0].Before[0]+" > "+s.Fields[0].After[0]+" "+s.Prevents)
	}
	want := []string{
		"mcp-gateway-ide/basic optional > default KC10",
		"mcp-gateway-ide/email not assigned > default KC03",
		"mcp-gateway-ide/offline_access default > optional KC04",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// A realm of Keycloak 24 has no basic; one without offline_access needs somebody to make it.
	delete(realm, "basic")
	delete(realm, "offline_access")
	c.DefaultClientScopes, c.OptionalClientScopes = &[]string{"profile", "email"}, nil
	d = diff(loopback(), observed{client: c, scopes: realm})
	if len(d.changes) != 2 || d.changes[1].Action != plan.Manual || !strings.HasSuffix(d.changes[1].Name, "/offline_access") {
		t.Errorf("changes %+v, want offline_access by hand and nothing for basic", d.changes)
	}
}

func TestIssuerLeftOutIsFound(t *testing.T) {
	t.Parallel()
	c := scriptClient()
	(*c.Attributes)[issAttribute] = "true"
	notes := diff(loopback(), observed{client: c}).notes
	if !slices.ContainsFunc(notes, func(n plan.Note) bool { return n.Failure == "KC21" }) {
		t.Errorf("notes %+v lack KC21", notes)
	}
}

// put is what a Keycloak does with a PUT of a client, as measured: absent scalars and lists stay,
// a list of mappers replaces the client's by name, attributes merge and "" removes one, and the
// lists of scopes are ignored.
func put(have, body gocloak.Client) gocloak.Client {
	flag := func(old, sent *bool) *bool {
		if sent != nil {
			return sent
		}
		return old
	}
	have.Enabled = flag(have.Enabled, body.Enabled)
	have.StandardFlowEnabled = flag(have.StandardFlowEnabled, body.StandardFlowEnabled)
	have.ImplicitFlowEnabled = flag(have.ImplicitFlowEnabled, body.ImplicitFlowEnabled)
	have.DirectAccessGrantsEnabled = flag(have.DirectAccessGrantsEnabled, body.DirectAccessGrantsEnabled)
	have.ServiceAccountsEnabled = flag(have.ServiceAccountsEnabled, body.ServiceAccountsEnabled)
	have.PublicClient = flag(have.PublicClient, body.PublicClient)
	if body.RedirectURIs != nil {
		have.RedirectURIs = body.RedirectURIs
	}
	if body.WebOrigins != nil {
		have.WebOrigins = body.WebOrigins
	}
	if body.ProtocolMappers != nil {
		have.ProtocolMappers = body.ProtocolMappers
	}
	if body.Attributes != nil {
		merged := map[string]string{}
		if have.Attributes != nil {
			merged = maps.Clone(*have.Attributes)
		}
		for name, value := range *body.Attributes {
			merged[name] = value
			if value == "" {
				delete(merged, name)
			}
		}
		have.Attributes = &merged
	}
	return have
}

func TestRepairKeepsWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	before := scriptClient()
	after := put(*before, loopback().repair(*before))
	if wrong := compare(loopback(), &after); len(wrong) > 0 {
		t.Errorf("still wrong: %v", wrong)
	}
	for _, uri := range *before.RedirectURIs {
		if !slices.Contains(*after.RedirectURIs, uri) {
			t.Errorf("redirect %s is lost", uri)
		}
	}
	if diff := cmp.Diff(before.WebOrigins, after.WebOrigins); diff != "" {
		t.Errorf("web origins:\n%s", diff)
	}
	for name, value := range *before.Attributes {
		if (*after.Attributes)[name] != value {
			t.Errorf("attribute %s is %q, was %q", name, (*after.Attributes)[name], value)
		}
	}
	if diff := cmp.Diff((*before.ProtocolMappers)[:2], (*after.ProtocolMappers)[:2]); diff != "" {
		t.Errorf("mappers:\n%s", diff)
	}
}

func TestPruneMakesTheListExact(t *testing.T) {
	t.Parallel()
	w := loopback()
	w.prune = true
	after := put(*scriptClient(), w.repair(*scriptClient()))
	got := slices.Sorted(slices.Values(*after.RedirectURIs))
	if diff := cmp.Diff([]string{"http://127.0.0.1/callback/*", "http://localhost/callback/*"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What goes away is told by what it invites, not by what fails without it.
	*after.RedirectURIs = append(*after.RedirectURIs, "http://localhost/*")
	if list := fields(w, &after); len(list) != 1 || list[0].Prevents != "KC20" {
		t.Errorf("%+v", list)
	}
}

// FuzzRepair starts from any client: one repair makes everything of ours right, and what is not
// ours stays.
func FuzzRepair(f *testing.F) {
	seed, err := json.Marshal(scriptClient())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed), false)
	f.Add(measuredCreation, true)
	f.Add(`{"protocolMappers":[{"name":"groups","protocolMapper":"oidc-hardcoded-claim-mapper","config":{"x":"y"}},{"name":"mcp-gateway-audience"}]}`, false)
	f.Add(`{"redirectUris":null,"attributes":{"oauth2.device.authorization.grant.enabled":"true"}}`, true)
	f.Fuzz(func(t *testing.T, text string, prune bool) {
		var have gocloak.Client
		if err := json.Unmarshal([]byte(text), &have); err != nil {
			t.Skip()
		}
		have.ID = gocloak.StringP("uuid")
		names := map[string]bool{}
		for _, m := range mappersOf(&have) {
			if names[stringOf(m.Name)] {
				t.Skip("names of mappers are unique")
			}
			names[stringOf(m.Name)] = true
		}
		w := loopback()
		w.prune = prune
		after := put(have, w.repair(have))
		if wrong := compare(w, &after); len(wrong) > 0 {
			t.Fatalf("still wrong after one repair: %v", wrong)
		}
		if again := fields(w, &after); len(again) > 0 {
			t.Fatalf("a second plan is not empty: %+v", again)
		}
		for _, uri := range listOf(have.RedirectURIs) {
			if !prune && !slices.Contains(*after.RedirectURIs, uri) {
				t.Fatalf("redirect %q is lost", uri)
			}
		}
		for _, m := range mappersOf(&have) {
			name := stringOf(m.Name)
			if name != groupsMapperName && name != audienceMapperName &&
				!slices.ContainsFunc(mappersOf(&after), func(o gocloak.ProtocolMapperRepresentation) bool { return cmp.Equal(m, o) }) {
				t.Fatalf("mapper %q is lost or altered", name)
			}
		}
	})
}

// A mapper's config is replaced as a whole: what an operator set in ours besides is carried along.
func TestOurMappersKeepTheirOtherSettings(t *testing.T) {
	t.Parallel()
	have := scriptClient()
	config := *(*have.ProtocolMappers)[0].Config
	config["full.path"] = "true"
	after := put(*have, loopback().repair(*have))
	got := *(*after.ProtocolMappers)[0].Config
	if got["full.path"] != "false" || got["introspection.token.claim"] != "true" {
		t.Errorf("groups mapper %v", got)
	}
	if config["full.path"] != "true" {
		t.Error("the repair altered what was observed")
	}
}
