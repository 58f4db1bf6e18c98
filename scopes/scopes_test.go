package scopes_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
	"github.com/mcpreg/mcpreg/scopes"
)

// recorded are the scopes of the recorded registry.
func recorded(t *testing.T) []registryclient.Scope {
	t.Helper()
	text, err := os.ReadFile("../testdata/recordings/registry-1.30.0/36-export-scopes.json")
	if err != nil {
		t.Fatal(err)
	}
	var recording struct {
		Exchanges []struct {
			Response struct {
				JSON struct{ Scopes []registryclient.Scope } `json:"json"`
			}
		}
	}
	if err := json.Unmarshal(text, &recording); err != nil {
		t.Fatal(err)
	}
	return recording.Exchanges[0].Response.JSON.Scopes
}

// What the recorded registry refuses to write (exchanges 34, 37, 40), or damages (36, 45).
func TestWhatCanBeWritten(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"registry-admins": "every server", "mcp-registry-admin": "every server", "mcp-servers-unrestricted/read": "slash",
		"mcp-servers-unrestricted/execute": "slash", "federation-service": "agents", "devs": "", "server-editors": "",
	}
	seen := 0
	for _, s := range recorded(t) {
		reason, ok := want[s.Name]
		if !ok {
			continue
		}
		seen++
		err := s.Writable()
		if (reason == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), reason) || !errors.Is(err, registryclient.ErrNotWritable)) {
			t.Errorf("%s: %v, want %q", s.Name, err, reason)
		}
		if admin := strings.Contains(s.Name, "admin"); s.Admin() != admin {
			t.Errorf("%s: admin %v", s.Name, s.Admin())
		}
	}
	if seen != len(want) {
		t.Errorf("%d scopes of %d", seen, len(want))
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	var all []registryclient.Scope
	if err := json.Unmarshal([]byte(`[
		{"scope_name": "mcp-users", "group_mappings": ["staff", "11111111-2222-4333-8444-555555555555"],
		 "server_access": [{"server": "currenttime", "methods": ["initialize", "notifications/initialized", "tools/list"], "tools": ["now"]},
		                   {"server": "both", "methods": ["initialize", "notifications/initialized", "tools/list"], "tools": ["now"]}, {"server": "half", "methods": ["initialize", "tools/call"], "tools": ["now"]}, {"server": "/both/mcp/", "methods": [], "tools": ["now"]},
		                   {"server": "mute", "methods": ["tools/list"], "tools": ["now"]}, {"server": "bare", "methods": ["all"], "tools": []},
		                   {"scope_name": "x", "access_rules": [{"server": "grouped", "methods": ["all"], "tools": "*"}]}]},
		{"scope_name": "unlisted", "group_mappings": ["quiet"], "ui_permissions": {"list_service": ["Both of Them"]},
		 "server_access": [{"server": "both", "methods": ["all"], "tools": "*"}, {"server": "both/mcp", "methods": ["all"], "tools": "*"}]},
		{"scope_name": "admins", "group_mappings": ["root"], "server_access": [{"server": "*", "methods": ["all"], "tools": ["all"]}]}
	]`), &all); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		groups  []string
		server  string
		in      bool
		failure string
		text    string
	}{
		"mapped, no server":    {[]string{"staff"}, "", true, "", "gives scope mcp-users"},
		"every server":         {[]string{"root"}, "/anything", true, "", "rule for *"},
		"empty list of tools":  {[]string{"staff"}, "/currenttime", true, "GW18", "currenttime/mcp"},
		"both rules":           {[]string{"staff"}, "/both", true, "", "rule for both"},
		"no initialize":        {[]string{"staff"}, "/mute", false, "GW03", "initialize"},
		"no way on":            {[]string{"staff"}, "/half", false, "GW03", "no rule has the method notifications/initialized, nor tools/list:"}, // recording 53
		"no tools":             {[]string{"staff"}, "/bare", false, "GW03", "no rule names a tool"},
		"no rule":              {[]string{"staff"}, "/other", false, "GW03", "covers /other"},
		"grouped":              {[]string{"staff"}, "/grouped", true, "GW18", "grouped/mcp"},
		"object id":            {[]string{"11111111-2222-4333-8444-555555555555"}, "/both", true, "", "gives scope"},
		"unmapped":             {[]string{"visitors"}, "/both", false, "GW02", "no scope maps group visitors: it is a name, and some mappings hold object ids"},
		"case":                 {[]string{"Staff"}, "/both", false, "GW02", "case matters"},
		"stored the wrong way": {[]string{"unlisted"}, "/both", false, "GW02", "not the other way round"},
		"path":                 {[]string{"/team/staff"}, "/both", false, "KC09", "one is a path"},
		"path and case":        {[]string{"/team/Staff"}, "/both", false, "KC09", "one is a path"},
		"inverted":             {[]string{"mcp-users"}, "/both", false, "GW02", "not the other way round"},
		"not in the list":      {[]string{"quiet"}, "/both", true, "GW28", "list_service names Both of Them and not both"},
		"no groups":            {nil, "/both", false, "GW02", "names no group"},
	} {
		v := scopes.Check(all, want.groups, want.server)
		met := slices.ContainsFunc(v.Reasons, func(r scopes.Reason) bool { return r.Failure == want.failure && strings.Contains(r.Text, want.text) })
		clean := want.failure != "" || !slices.ContainsFunc(v.Reasons, func(r scopes.Reason) bool { return r.Failure != "" })
		if v.In != want.in || !met || !clean {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Where Entra's tokens carry object ids and somebody mapped names, and the other way round.
func TestCheckOfObjectIDs(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-555555555555"
	for _, c := range []struct{ mapping, group, failure, text string }{
		{"staff", id, "EN17", "it is an object id, and the mappings hold names"},
		{id, "staff", "GW02", "it is a name, and some mappings hold object ids"},
		{id, "s", "GW02", "the name of a scope, which maps object ids"}, // a group of the scope's name
	} {
		v := scopes.Check([]registryclient.Scope{{Name: "s", GroupMappings: []string{c.mapping}}}, []string{c.group}, "/x")
		if v.In || len(v.Reasons) != 1 || v.Reasons[0].Failure != c.failure || !strings.Contains(v.Reasons[0].Text, c.text) {
			t.Errorf("%s: %+v", c.group, v)
		}
	}
}

func open(t *testing.T, change func(*registrytest.Config)) (*registrytest.Registry, *registryclient.Client) {
	t.Helper()
	all := []string{"all"}
	c := registrytest.Config{Scopes: []registrytest.Scope{
		{Name: "registry-admins", GroupMappings: []string{"registry-admins"}, ServerAccess: []registrytest.Access{{Server: "*", Methods: all, Tools: all}}, UIPermissions: map[string][]string{"modify_service": all}},
		{Name: "mcp-users", Description: "Users", GroupMappings: []string{"staff"}, ServerAccess: []registrytest.Access{{Server: "time", Methods: all, Tools: all}}, UIPermissions: map[string][]string{"list_service": {"time"}},
			OtherRules: []any{map[string]any{"agent": "a", "actions": []string{"get_agent"}}}},
	}}
	if change != nil {
		change(&c)
	}
	registry, err := registrytest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	client, err := registryclient.New(registry.URL(), registryclient.WithToken(func(context.Context) (string, error) { return registry.AdminToken(), nil }))
	if err != nil {
		t.Fatal(err)
	}
	return registry, client
}

// A mapping keeps every other field of the scope, though the registry wipes what it is not sent.
func TestMappingKeepsTheScope(t *testing.T) {
	t.Parallel()
	_, client := open(t, nil)
	before, err := client.Scope(t.Context(), "mcp-users")
	if err != nil {
		t.Fatal(err)
	}
	p := &plan.Plan{}
	scopes.Map(p, client, before, "finance")
	if _, err := p.Apply(t.Context(), func(plan.Change, error) {}); err != nil {
		t.Fatal(err)
	}
	after, err := client.Scope(t.Context(), "mcp-users")
	if err != nil {
		t.Fatal(err)
	}
	before.GroupMappings = []string{"staff", "finance"}
	if diff := cmp.Diff(before, after, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".document" }, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
	again := &plan.Plan{}
	scopes.Map(again, client, after, "finance")
	if !again.InSync() {
		t.Errorf("%+v", again.Changes)
	}
	scopes.Unmap(again, client, after, "finance")
	if len(again.Changes) != 1 || again.Changes[0].Confirm == "" || !slices.Equal(again.Changes[0].Fields[0].After, []string{"staff"}) {
		t.Errorf("%+v", again.Changes)
	}
	if err := client.SetGroupMappings(t.Context(), after, []string{"moved"}); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Apply(t.Context(), func(plan.Change, error) {}); !errors.Is(err, plan.ErrMoved) {
		t.Errorf("error %v", err)
	}
}

func TestWhatWouldBeDamagedIsByHand(t *testing.T) {
	t.Parallel()
	registry, client := open(t, nil)
	all, err := client.Scopes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := len(registry.Requests())
	p := &plan.Plan{}
	scopes.Map(p, client, &all[0], "it's")
	if len(p.Changes) != 1 || p.Changes[0].Action != plan.Manual || !strings.Contains(p.Changes[0].Summary, "every server") || !slices.Contains(p.Changes[0].Fields[1].After, `db.mcp_scopes.updateOne({_id: "registry-admins"}, {$addToSet: {group_mappings: "it's"}})`) {
		t.Errorf("%+v", p.Changes)
	}
	if err := client.SetGroupMappings(t.Context(), &all[0], nil); !errors.Is(err, registryclient.ErrNotWritable) || len(registry.Requests()) != before {
		t.Errorf("error %v", err)
	}
}

func TestLocksOut(t *testing.T) {
	t.Parallel()
	_, client := open(t, nil)
	all, err := client.Scopes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	me := &registryclient.Identity{Admin: true, AuthMethod: "oauth2", Groups: []string{"registry-admins", "staff"}, Scopes: []string{"registry-admins", "mcp-users"}}
	if !scopes.LocksOut(me, all, "registry-admins", "registry-admins") || scopes.LocksOut(me, all, "mcp-users", "staff") {
		t.Error("the last scope of an administrator must stay, others need not")
	}
	me.Username = "network-user"
	if !scopes.LocksOut(me, all, "registry-admins", "registry-admins") {
		t.Error("a user may have the name of the static token")
	}
	me.Admin = false
	if scopes.LocksOut(me, all, "registry-admins", "registry-admins") {
		t.Error("who is no administrator loses no such rights")
	}
	me.Admin = true
	both := slices.Clone(all)
	both[0].GroupMappings = []string{"registry-admins", "staff"}
	if scopes.LocksOut(me, both, "registry-admins", "registry-admins") {
		t.Error("another of the caller's groups has the same scope")
	}
	me.AuthMethod, me.Username = "network-trusted", "ci-key"
	if !scopes.LocksOut(me, all, "registry-admins", "registry-admins") {
		t.Error("a named key has its rights from its groups, as users have")
	}
	me.Username = "network-user"
	if scopes.LocksOut(me, all, "registry-admins", "registry-admins") {
		t.Error("a static token has its rights from the registry's settings")
	}
}

// forgetful is a store that keeps something else than it is given.
type forgetful struct {
	before, after *registryclient.Scope
	written       bool
}

func (f *forgetful) Scope(context.Context, string) (*registryclient.Scope, error) {
	if f.written {
		return f.after, nil
	}
	return f.before, nil
}

func (f *forgetful) SetGroupMappings(context.Context, *registryclient.Scope, []string) error {
	f.written = true
	return nil
}

func document(t *testing.T, text string) *registryclient.Scope {
	t.Helper()
	var scope registryclient.Scope
	if err := json.Unmarshal([]byte(text), &scope); err != nil {
		t.Fatal(err)
	}
	return &scope
}

// What the registry stores is read back: a mapping that is not there, or anything else that went with
// it, is not a success.
func TestMappingThatIsNotKept(t *testing.T) {
	t.Parallel()
	const before = `{"scope_name":"s","description":"d","group_mappings":["staff"],"server_access":[{"server":"x","methods":["all"],"tools":["now"]}],
		"ui_permissions":{"list_service":["x"]},"agent_access":["a"],"is_idp_managed":false}`
	const after = `{"scope_name":"s","scope_type":"group","description":"d","group_mappings":["staff","finance"],"server_access":[{"tools":["now"],"methods":["all"],"server":"x"}],
		"ui_permissions":{"list_service":["x"],"modify_service":[]},"agent_access":["a"],"is_idp_managed":false,"created_at":"2026-11-24 02:10:11.823000"}`
	for name, stored := range map[string]string{
		"":                       after,
		"not mapped":             strings.ReplaceAll(after, `,"finance"`, ""),
		"another one mapped":     strings.ReplaceAll(after, `"finance"`, `"finance","x"`),
		"rules wiped":            strings.ReplaceAll(after, `{"tools":["now"],"methods":["all"],"server":"x"}`, ""),
		"a rule for more":        strings.ReplaceAll(after, `"now"`, `"all"`),
		"permissions wiped":      strings.ReplaceAll(after, `["x"]`, `[]`),
		"a permission for more":  strings.ReplaceAll(after, `"modify_service":[]`, `"modify_service":["all"]`),
		"agents wiped":           strings.ReplaceAll(after, `"agent_access":["a"]`, `"agent_access":[]`),
		"the description wiped":  strings.ReplaceAll(after, `"description":"d"`, `"description":""`),
		"to another's ownership": strings.ReplaceAll(after, `"is_idp_managed":false`, `"is_idp_managed":true`),
	} {
		store := &forgetful{before: document(t, before), after: document(t, stored)}
		p := &plan.Plan{}
		scopes.Map(p, store, store.before, "finance")
		if _, err := p.Apply(t.Context(), nil); errors.Is(err, scopes.ErrNotKept) != (name != "") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A write without rules or permissions empties them (recording 45), so that a reading that does not
// show them must not be written back.
func TestWhatIsNotShownIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"scope_name":"s","group_mappings":[],"ui_permissions":{"modify_service":["all"]}}`,
		`{"scope_name":"s","group_mappings":[],"server_access":null,"ui_permissions":{}}`,
		`{"scope_name":"s","group_mappings":[],"server_access":[]}`,
	} {
		if err := document(t, text).Writable(); !errors.Is(err, registryclient.ErrNotWritable) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := document(t, `{"scope_name":"s","group_mappings":[],"server_access":[],"ui_permissions":{}}`).Writable(); err != nil {
		t.Error(err)
	}
}

// The guard of recordings 34 and 40 folds case, trims slashes and refuses an empty name, as the
// registry's source says of it. What else a write would change is not written either.
func TestRulesThatTheRegistryRefuses(t *testing.T) {
	t.Parallel()
	const scope = `{"scope_name":"s","group_mappings":[],"ui_permissions":{},"server_access":[RULES]TYPE}`
	for rules, reason := range map[string]string{
		`{"server":"*","methods":["all"]}`: "every server", `{"server":"all","methods":["all"]}`: "every server", `{"server":"ALL","methods":[]}`: "every server",
		`{"server":"/*/","methods":["all"]}`: "every server", `{"server":"/","methods":["all"]}`: "every server", `{"server":"","methods":["all"]}`: "every server",
		`{"server":"x","methods":[],"extra":1}`: "extra", `{"server":"x"},{"server":"All"}`: "every server",
		`{"server":"x","methods":["all"],"tools":"*"}`: "", `{"agent":"*","actions":["get_agent"]}`: "", `{"server":"all-of-us","methods":[]}`: "",
	} {
		err := document(t, strings.NewReplacer("RULES", rules, "TYPE", "").Replace(scope)).Writable()
		if (err == nil) != (reason == "") || err != nil && !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", rules, err)
		}
	}
	for kind, ok := range map[string]bool{`,"scope_type":"group"`: true, `,"scope_type":""`: true, `,"scope_type":"server_scope"`: false} {
		if err := document(t, strings.NewReplacer("RULES", "", "TYPE", kind).Replace(scope)).Writable(); (err == nil) != ok {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// Permissions on single types and on skills do not make an administrator, nor does a wildcard other
// than the word all.
func TestAdmin(t *testing.T) {
	t.Parallel()
	for permission, want := range map[string]bool{
		`"modify_service":["all"]`: true, `"create_virtual_server":["x","all"]`: true, `"publish_agent":["all"]`: true,
		`"modify_service":["*"]`: false, `"list_service":["all"]`: false, `"modify_skill":["all"]`: false, `"create_dataset_entity":["all"]`: false, `"modify_service":["x"]`: false,
	} {
		if s := document(t, `{"scope_name":"s","ui_permissions":{`+permission+`}}`); s.Admin() != want {
			t.Errorf("%s: %v", permission, !want)
		}
	}
}
