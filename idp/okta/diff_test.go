package okta

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

func parse(t testing.TB, text string) document {
	t.Helper()
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func wantedOne(t testing.TB) *wanted {
	t.Helper()
	var redirects []idp.RedirectURI
	for _, s := range []string{"http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"} {
		uri, err := idp.ParseRedirectURI(s)
		if err != nil {
			t.Fatal(err)
		}
		redirects = append(redirects, uri)
	}
	return &wanted{
		server: "default", scopes: idp.Okta.Traits().Scopes, groups: []string{"registry-admins"}, assign: []string{"registry-admins"},
		apps: []*wantedApp{{client: idp.Client{Name: "IDE", Redirects: redirects}}},
	}
}

// The body of the one POST, typed by hand from Okta's OpenAPI document (OpenIdConnectApplication)
// and its guide on apps for native clients.
const creation = `{"name":"oidc_client","label":"IDE","signOnMode":"OPENID_CONNECT",
 "credentials":{"oauthClient":{"token_endpoint_auth_method":"none","pkce_required":true}},
 "settings":{"notes":{"admin":"managed by mcpreg"},"oauthClient":{"application_type":"native","response_types":["code"],
  "grant_types":["authorization_code","refresh_token"],"consent_method":"TRUSTED",
  "redirect_uris":["http://localhost:8787/callback","http://localhost:8787/callback/6MFBM1In3Ey-"],
  "refresh_token":{"rotation_type":"ROTATE","leeway":60}}}}`

func TestCreationIsWhatOktaDocuments(t *testing.T) {
	t.Parallel()
	w := wantedOne(t)
	settle(w, nothing(w))
	var want, got any
	if err := json.Unmarshal([]byte(creation), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encode(w.apps[0].creation()), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// From nothing, the plan has everything in an order in which each finds what it needs.
func TestAPlanFromNothing(t *testing.T) {
	t.Parallel()
	w := wantedOne(t)
	have := nothing(w)
	settle(w, have)
	d := diff(w, have)
	var got []string
	for _, s := range d.steps {
		got = append(got, fmt.Sprintf("%s %s %s", s.Action, s.Change, s.Prevents))
	}
	want := []string{
		"create app IDE OK10", "create group assignment registry-admins OK02", "create claim groups OK05",
		"create access policy IDE OK03", "create policy rule AI coding assistants OK03",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if after := d.steps[3].Fields[0].After; !slices.Equal(after, []string{"the client id of app IDE"}) {
		t.Errorf("the policy's client is %v", after)
	}
	have.offline = false
	if after := diff(w, have).steps[3].Fields[0].After; !slices.Equal(after, []string{plan.KnownAfterApply}) {
		t.Errorf("the policy's client is %v", after)
	}
	if note := d.notes[len(d.notes)-1]; note.Failure != "OK08" {
		t.Errorf("last note %+v, want the audience", note)
	}
}

// Without groups nobody can say what the claim must carry, or who may log in: a person must.
func TestWithoutGroupsAPersonDecides(t *testing.T) {
	t.Parallel()
	w := wantedOne(t)
	w.groups, w.assign = nil, nil
	var byHand []string
	for _, s := range diff(w, nothing(w)).steps {
		if s.Action == plan.Manual {
			byHand = append(byHand, s.Prevents)
		}
	}
	if diff := cmp.Diff([]string{"OK02", "OK05"}, byHand); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The groups claim, found in each state.
func TestClaims(t *testing.T) {
	t.Parallel()
	const claim = `{"id":"c1","name":"groups","claimType":"RESOURCE","valueType":"GROUPS","group_filter_type":"REGEX","value":".*","status":"ACTIVE","conditions":{"scopes":[]}}`
	for name, test := range map[string]struct {
		claims []string
		alter  func(*wanted)
		want   string // action and fields
		note   string
	}{
		"none":                {nil, nil, "create filter= equals registry-admins", ""},
		"for ID tokens only":  {[]string{strings.Replace(claim, "RESOURCE", "IDENTITY", 1)}, nil, "create filter= equals registry-admins", ""},
		"all groups":          {[]string{claim}, nil, "", "OK07"},
		"a fitting prefix":    {[]string{strings.NewReplacer("REGEX", "STARTS_WITH", ".*", "registry-").Replace(claim)}, nil, "", ""},
		"another group":       {[]string{strings.NewReplacer("REGEX", "EQUALS", ".*", "staff").Replace(claim)}, nil, "update filter=equals staff matches regex ^(registry-admins|staff)$", ""},
		"another prefix":      {[]string{strings.NewReplacer("REGEX", "STARTS_WITH", ".*", "corp-").Replace(claim)}, nil, "update filter=starts with corp- matches regex ^(?:(?i:corp-.*)|registry-admins)$", ""},
		"Java's expression":   {[]string{strings.Replace(claim, ".*", "(?<=x)y", 1)}, nil, "", "OK06"},
		"computed":            {[]string{strings.NewReplacer(`"GROUPS"`, `"EXPRESSION"`, ".*", "Groups.startsWith()").Replace(claim)}, nil, "", "OK06"},
		"for a foreign scope": {[]string{strings.Replace(claim, `"scopes":[]`, `"scopes":["api"]`, 1)}, nil, "update scopes=api any", "OK07"},
		"for openid":          {[]string{strings.Replace(claim, `"scopes":[]`, `"scopes":["api","openid"]`, 1)}, nil, "", "OK07"},
		"inactive":            {[]string{strings.Replace(claim, `"ACTIVE"`, `"INACTIVE"`, 1)}, nil, "update status=inactive active", "OK07"},
		"a filter asked for":  {[]string{claim}, func(w *wanted) { w.filter = groupFilter{"REGEX", "registry-.*"} }, "update filter=matches regex .* matches regex registry-.*", ""},
		"all asked for":       {nil, func(w *wanted) { w.filter = groupFilter{"REGEX", ".*"} }, "create filter= matches regex .*", "OK07"},
		"pruned, ours":        {[]string{strings.Replace(claim, `".*"`, `"^(gone|registry-admins)$"`, 1)}, func(w *wanted) { w.prune = true }, "update filter=matches regex ^(gone|registry-admins)$ equals registry-admins", ""},
		"pruned, foreign":     {[]string{claim}, func(w *wanted) { w.prune = true }, "", "OK07"},
	} {
		w := wantedOne(t)
		if test.alter != nil {
			test.alter(w)
		}
		have := nothing(w)
		for _, text := range test.claims {
			have.claims = append(have.claims, parse(t, text))
		}
		var d difference
		d.claim(w, have)
		var got, note string
		for _, s := range d.steps {
			got = string(s.Action)
			for _, f := range s.Fields {
				got += fmt.Sprintf(" %s=%s %s", f.Path, strings.Join(f.Before, ","), strings.Join(f.After, ","))
			}
		}
		for _, n := range d.notes {
			note = n.Failure
		}
		if got != test.want || note != test.note {
			t.Errorf("%s: %q with note %q, want %q with %q", name, got, note, test.want, test.note)
		}
	}
}

// Whether a rule of somebody else serves already.
func TestCoveringRules(t *testing.T) {
	t.Parallel()
	const good = `{"id":"r","name":"theirs","status":"ACTIVE","conditions":{"people":{"groups":{"include":["EVERYONE"]}},"grantTypes":{"include":["authorization_code"]},"scopes":{"include":["*"]}}}`
	for name, test := range map[string]struct {
		policy, rule string
		want         bool
	}{
		"all clients, everybody, any scope": {`["ALL_CLIENTS"]`, good, true},
		"this client":                       {`["0oaide"]`, good, true},
		"another client":                    {`["0oaother"]`, good, false},
		"by the id of Everyone":             {`["ALL_CLIENTS"]`, strings.Replace(good, "EVERYONE", "00geveryone", 1), true},
		"our group":                         {`["ALL_CLIENTS"]`, strings.Replace(good, "EVERYONE", "00gadmins", 1), true},
		"another group":                     {`["ALL_CLIENTS"]`, strings.Replace(good, "EVERYONE", "00gothers", 1), false},
		"our group excluded":                {`["ALL_CLIENTS"]`, strings.Replace(good, `"include":["EVERYONE"]`, `"include":["EVERYONE"],"exclude":["00gadmins"]`, 1), false},
		"all scopes by name":                {`["ALL_CLIENTS"]`, strings.Replace(good, `"*"`, `"openid","email","profile","offline_access"`, 1), true},
		"no offline_access":                 {`["ALL_CLIENTS"]`, strings.Replace(good, `"*"`, `"openid","email","profile"`, 1), false},
		"another grant":                     {`["ALL_CLIENTS"]`, strings.Replace(good, "authorization_code", "client_credentials", 1), false},
		"inactive":                          {`["ALL_CLIENTS"]`, strings.Replace(good, "ACTIVE", "INACTIVE", 1), false},
	} {
		w := wantedOne(t)
		have := nothing(w)
		have.everyone = "00geveryone"
		have.groups[0].id = "00gadmins"
		have.apps[0].doc = parse(t, `{"id":"0oaide","credentials":{"oauthClient":{"client_id":"0oaide"}}}`)
		have.policies = []*observedPolicy{{
			doc:   parse(t, `{"id":"p","name":"theirs","status":"ACTIVE","priority":1,"conditions":{"clients":{"include":`+test.policy+`}}}`),
			rules: []document{parse(t, test.rule)},
		}}
		policy, _ := covering(w, have, 0)
		if got := policy != nil; got != test.want {
			t.Errorf("%s: covered %v, want %v", name, got, test.want)
		}
	}
}

// A rule that an administrator narrowed is not opened again for everybody.
func TestANarrowedRuleStaysNarrow(t *testing.T) {
	t.Parallel()
	w := wantedOne(t)
	have := nothing(w)
	have.groups[0].id = "00gadmins"
	rule := ownRule(w, have, parse(t, `{"conditions":{"people":{"groups":{"include":["00gstaff"]}}}}`))
	if got := rule.list(peopleGroups()...); !slices.Equal(got, []string{"00gstaff", "00gadmins"}) {
		t.Errorf("people %v", got)
	}
}

// leaves are the values of a document by their paths.
func leaves(d document) map[string]string {
	all := map[string]string{}
	var walk func(path string, raw json.RawMessage)
	walk = func(path string, raw json.RawMessage) {
		var inner document
		if json.Unmarshal(raw, &inner) == nil && len(inner) > 0 {
			for name, value := range inner {
				walk(path+"/"+name, value)
			}
			return
		}
		all[path] = string(raw)
	}
	for name, value := range d {
		walk("/"+name, value)
	}
	return all
}

// What pruning takes away is told by what it invites, not by what fails without it.
func TestWhatPruningPrevents(t *testing.T) {
	t.Parallel()
	app := wantedOne(t).apps[0]
	app.redirects, app.prune = []string{"http://localhost:8787/callback"}, true
	wide := app.creation().set([]string{"http://localhost:8787/callback", "https://x.example.com/cb"}, settings("redirect_uris")...)
	if list := fields(app, wide); len(list) != 1 || list[0].Prevents != "OK23" {
		t.Errorf("%+v", list)
	}
}

// FuzzRepair starts from any app: one repair makes everything of ours right, a second plan is
// empty, and what is not ours keeps its bytes.
func FuzzRepair(f *testing.F) {
	f.Add(creation, false)
	f.Add(`{"id":"0oa1","label":"IDE","status":"ACTIVE","settings":{"app":{},"notes":{"admin":null},"oauthClient":{"redirect_uris":["http://localhost:56789/callback"],"grant_types":["implicit"],"x":1e400}}}`, false)
	f.Add(`{"settings":{"oauthClient":null,"notes":7},"credentials":[],"profile":{"a":{"b":[1,2.50,"<&>"]}}}`, true)
	f.Add(`{"settings":{"oauthClient":{"refresh_token":{"rotation_type":"ROTATE","leeway":5},"dpop_bound_access_tokens":true}}}`, true)
	f.Fuzz(func(t *testing.T, text string, prune bool) {
		var app document
		if json.Unmarshal([]byte(text), &app) != nil || app == nil {
			t.Skip()
		}
		w := wantedOne(t)
		settle(w, nothing(w))
		w.apps[0].prune = prune
		after := parse(t, string(encode(w.apps[0].repaired(app))))
		if wrong := compare(w.apps[0], after); len(wrong) > 0 {
			t.Fatalf("still wrong after one repair: %v", wrong)
		}
		if again := encode(w.apps[0].repaired(after)); string(again) != string(encode(after)) {
			t.Fatalf("a second repair changes something: %s", again)
		}
		ours := []string{"/settings/oauthClient/", "/settings/notes", "/credentials/oauthClient/"}
		kept := leaves(after)
		for path, value := range leaves(app) {
			mine := slices.ContainsFunc(ours, func(prefix string) bool {
				return strings.HasPrefix(path, prefix) || strings.HasPrefix(prefix, path+"/")
			})
			if !mine && kept[path] != string(encode(json.RawMessage(value))) {
				t.Fatalf("%s was %s, is %s", path, value, kept[path])
			}
		}
		if !prune {
			for _, uri := range app.list(settings("redirect_uris")...) {
				if !slices.Contains(after.list(settings("redirect_uris")...), uri) {
					t.Fatalf("redirect %q is lost", uri)
				}
			}
		}
	})
}

// Setting a value makes another document and leaves the first alone.
func TestDocumentsAreValues(t *testing.T) {
	t.Parallel()
	first := parse(t, `{"a":{"b":1,"big":123456789012345678901234567890.0,"html":"<&>"}}`)
	before := maps.Clone(first)
	second := first.set([]string{"x"}, "a", "c", "d")
	if diff := cmp.Diff(before, first); diff != "" {
		t.Errorf("the first was altered:\n%s", diff)
	}
	if got := string(encode(second)); got != `{"a":{"b":1,"big":123456789012345678901234567890.0,"c":{"d":["x"]},"html":"<&>"}}` {
		t.Errorf("%s", got)
	}
}
