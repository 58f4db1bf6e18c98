package entra

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/plan"
)

const (
	timeURL  = "https://gw.contoso.com/currenttime/mcp"
	ideName  = "MCP Gateway IDE Public Client"
	callback = "http://localhost/callback"
)

func twoClients(alter ...func(*wanted)) wanted {
	w := wanted{
		gateway: wantedGateway{name: DefaultGatewayAppName, identifiers: []string{timeURL}},
		clients: []wantedClient{{name: ideName, redirects: []string{callback}}, {name: "other", redirects: []string{callback, callback + "/x"}}},
		consent: PreAuthorize,
	}
	for _, a := range alter {
		a(&w)
	}
	return w
}

// carryOut does to plain structs what exec does to the directory.
func carryOut(w wanted, have *observed, s step) {
	subject := s.op.subject(have)
	switch s.op.verb {
	case byHand:
		have.clients[0].principal = &servicePrincipal{} // the only thing a person is asked to do
		for _, r := range append(have.clients, have.gateway) {
			if r.principal != nil {
				r.principal.disabled = false
			}
		}
	case createPrincipal:
		subject.principal = &servicePrincipal{id: "sp of " + subject.appID(), appID: subject.appID()}
	case grantConsent:
		have.clients[s.op.target].grant = &permissionGrant{allPrincipals: true, scopes: []string{scopeValue}}
	case assignGroup:
		subject.assigned = append(subject.assigned, have.assign[s.op.group].id)
	case createApp:
		subject.app = s.op.edit(w, have, &application{})
		subject.app.id, subject.app.appID = "id of "+subject.app.displayName, "client id of "+subject.app.displayName
	default:
		subject.app = s.op.edit(w, have, subject.app)
	}
}

func settle(w wanted, have *observed) []string {
	var made []string
	for _, s := range diff(w, have).steps {
		made = append(made, string(s.Action)+" "+s.String())
		carryOut(w, have, s)
	}
	return made
}

// What a plan makes of nothing is what it wants: a second plan is empty.
func TestMadeFromNothingIsInSync(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(*wanted){
		"as it comes":       func(*wanted) {},
		"pruned":            func(w *wanted) { w.prune = true },
		"admin consent":     func(w *wanted) { w.consent = GrantConsent },
		"assigned groups":   func(w *wanted) { w.gateway.groups = ApplicationGroups },
		"no server":         func(w *wanted) { w.gateway.identifiers = nil },
		"one client":        func(w *wanted) { w.clients = w.clients[:1] },
		"of the gateway":    func(w *wanted) { w.gateway.appID = "11111111-0000-4000-8000-000000000001" },
		"with groups":       func(w *wanted) { w.assign = []string{"staff", "admins"} },
		"names of one kind": func(w *wanted) { w.clients[1].name = DefaultGatewayAppName },
	} {
		w := twoClients(alter)
		have := nothing(w)
		for i := range have.assign {
			have.assign[i].id = "id of " + have.assign[i].displayName
		}
		p := &plan.Plan{}
		for _, s := range diff(w, have).steps {
			p.Add(s.Change, nil) // panics when two changes are of one object
		}
		settle(w, have)
		if left := settle(w, have); len(left) > 0 {
			t.Errorf("%s: a second plan holds %q", name, left)
		}
	}
}

// Each thing that is wrong is one change with the failure it prevents, and nothing else.
func TestEachDrift(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		alter func(*observed)
		want  string // kind, path, prevents
	}{
		"scope is gone":          {func(o *observed) { o.gateway.app.scopes = nil }, "gateway app: scope EN04; pre-authorization: client id EN05"},
		"scope is disabled":      {func(o *observed) { o.gateway.app.scopes[0].enabled = false }, "gateway app: scope EN04"},
		"version 1":              {func(o *observed) { o.gateway.app.tokenVersion = 1 }, "gateway app: token version EN31"},
		"no groups":              {func(o *observed) { o.gateway.app.groupMembershipClaims = "None" }, "gateway app: group claims EN15"},
		"all groups":             {func(o *observed) { o.gateway.app.groupMembershipClaims = "All" }, ""},
		"assigned groups":        {func(o *observed) { o.gateway.app.groupMembershipClaims = "ApplicationGroup" }, ""},
		"no identifier URI":      {func(o *observed) { o.gateway.app.identifierURIs = nil }, "identifier URIs: URIs EN03"},
		"another identifier URI": {func(o *observed) { o.gateway.app.identifierURIs = []string{"api://x"} }, "identifier URIs: URIs EN18"},
		"no gateway principal":   {func(o *observed) { o.gateway.principal = nil }, "service principal EN03"},
		"no client principal":    {func(o *observed) { o.clients[0].principal = nil }, "service principal EN06"},
		"disabled principal":     {func(o *observed) { o.clients[0].principal.disabled = true }, "service principal EN29"},
		"path is missing":        {func(o *observed) { o.clients[0].app.publicRedirects = []string{"http://localhost"} }, "client: redirects EN01"},
		"no redirects":           {func(o *observed) { o.clients[0].app.publicRedirects = nil }, "client: redirects EN11"},
		"at another port":        {func(o *observed) { o.clients[0].app.publicRedirects = []string{"http://localhost:9/callback"} }, ""},
		"another host": {func(o *observed) { o.clients[0].app.publicRedirects = []string{"http://127.0.0.1:9/callback"} },
			"client: redirects EN01"},
		"web platform": {func(o *observed) {
			o.clients[0].app.webRedirects, o.clients[0].app.publicRedirects = o.clients[0].app.publicRedirects, nil
		}, "client: redirects EN01, web redirects EN08"},
		"other tenants":      {func(o *observed) { o.clients[0].app.signInAudience = "AzureADMultipleOrgs" }, "client: accounts EN21"},
		"implicit":           {func(o *observed) { o.clients[0].app.implicitIDToken = true }, "client: implicit grant EN22"},
		"mark":               {func(o *observed) { o.clients[0].app.tags = nil }, "client: mark "},
		"not pre-authorized": {func(o *observed) { o.gateway.app.preAuthorized = o.gateway.app.preAuthorized[:1] }, "pre-authorization: client id EN05"},
		"for another scope":  {func(o *observed) { o.gateway.app.preAuthorized[0].permissionIDs = []string{"x"} }, "pre-authorization: client id EN05"},
		"pre-authorized others": {func(o *observed) {
			o.gateway.app.preAuthorized = append(o.gateway.app.preAuthorized, preAuthorization{appID: "x"})
		}, ""},
	} {
		w := twoClients()
		have := nothing(w)
		settle(w, have)
		test.alter(have)
		var got []string
		for _, s := range diff(w, have).steps {
			var fields []string
			for _, f := range s.Fields {
				if f.Prevents != "" || f.Path == "mark" {
					fields = append(fields, f.Path+" "+f.Prevents)
				}
			}
			if len(fields) == 0 {
				got = append(got, s.Kind+" "+s.Prevents)
				continue
			}
			got = append(got, s.Kind+": "+strings.Join(fields, ", "))
		}
		// A scope that is gone takes both clients' rights with it; one stands for both here.
		if diff := cmp.Diff(test.want, strings.Join(slices.Compact(got), "; ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Pruning leaves a redirect at a port alone that stands for a wanted one, and takes what stands for none.
func TestPruning(t *testing.T) {
	t.Parallel()
	w := twoClients(func(w *wanted) { w.prune = true })
	have := nothing(w)
	settle(w, have)
	have.clients[0].app.publicRedirects = []string{"http://localhost:9/callback"}
	if left := diff(w, have).steps; len(left) != 0 {
		t.Errorf("a port that does not count: %v", left)
	}
	have.clients[0].app.publicRedirects = []string{"http://localhost:9/callback", "http://127.0.0.1/callback"}
	settle(w, have)
	if diff := cmp.Diff([]string{"http://localhost:9/callback"}, have.clients[0].app.publicRedirects); diff != "" {
		t.Error(diff)
	}
}

// What others see of a change waits for a yes: tokens of a gateway's application that is in use, and
// groups that vanish from them.
func TestGatewayChangesThatWait(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		app    application
		groups GroupClaims
		want   string
	}{
		"in use":          {application{appID: "g", identifierURIs: []string{"api://g"}}, AnyGroups, "changes issuer and audience of all tokens for an application that mcpreg did not make"},
		"of others":       {application{appID: "g", preAuthorized: []preAuthorization{{appID: "x"}}, tokenVersion: 1}, AnyGroups, "changes issuer and audience of all tokens for an application that mcpreg did not make"},
		"of version 2":    {application{appID: "g", identifierURIs: []string{"api://g"}, tokenVersion: 2}, AnyGroups, ""},
		"not in use":      {application{appID: "g"}, AnyGroups, ""},
		"ours":            {application{appID: "g", tags: []string{mark}, scopes: []permissionScope{{id: "1", value: scopeValue}}}, AnyGroups, ""},
		"fewer groups":    {application{appID: "g", groupMembershipClaims: "All"}, ApplicationGroups, "leaves groups out of all tokens that are not assigned to the application"},
		"as many groups":  {application{appID: "g", groupMembershipClaims: "ApplicationGroup"}, ApplicationGroups, ""},
		"groups at first": {application{appID: "g"}, ApplicationGroups, ""},
	} {
		w := twoClients()
		w.gateway.groups = test.groups
		have := nothing(w)
		have.gateway.app = &test.app
		if got := diff(w, have).steps[0].Confirm; got != test.want {
			t.Errorf("%s: waits because it %q, want %q", name, got, test.want)
		}
	}
}

// Words that have nothing to do with groups stay, and what the operator chose is not widened.
func TestGroupClaimsOver(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wanted     GroupClaims
		have, want string
	}{
		{AnyGroups, "", "SecurityGroup"},
		{AnyGroups, "None", "SecurityGroup"},
		{AnyGroups, "DirectoryRole", "DirectoryRole, SecurityGroup"},
		{AnyGroups, "ApplicationGroup", "ApplicationGroup"},
		{AnyGroups, "All", "All"},
		{SecurityGroups, "ApplicationGroup, DirectoryRole", "DirectoryRole, SecurityGroup"},
		{SecurityGroups, "All", "All"},
		{ApplicationGroups, "All", "ApplicationGroup"},
		{ApplicationGroups, "SecurityGroup,DirectoryRole", "DirectoryRole, ApplicationGroup"},
		{ApplicationGroups, "ApplicationGroup", "ApplicationGroup"},
	} {
		if got := (wantedGateway{groups: test.wanted}).groupClaims(&application{groupMembershipClaims: test.have}); got != test.want {
			t.Errorf("%q over %q is %q, want %q", test.wanted, test.have, got, test.want)
		}
	}
}

func TestRegistrable(t *testing.T) {
	t.Parallel()
	got := registrable([]string{"http://localhost:56789/callback", callback, "http://127.0.0.1:1/callback", "http://127.0.0.1:2/callback", "https://localhost:1/callback", "cursor://x/y"})
	want := []string{callback, "http://127.0.0.1:1/callback", "http://127.0.0.1:2/callback", "https://localhost:1/callback", "cursor://x/y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Supported formats of identifier URIs, from Microsoft's page on their restrictions.
func TestVerifiedDomains(t *testing.T) {
	t.Parallel()
	home := &tenant{displayName: "Contoso", domains: []string{"contoso.onmicrosoft.com", "contoso.com"}}
	for uri, ok := range map[string]bool{
		"https://contoso.com/productsapi":             true,
		"https://product.contoso.com":                 true,
		"https://product.contoso.com/productsapi":     true,
		"https://CONTOSO.com/x":                       true,
		"https://contoso.onmicrosoft.com/productsapi": true,
		"https://gw.contoso.com:8443/x/mcp":           true,
		"https://evilcontoso.com/x":                   false,
		"https://contoso.com.evil.example/x":          false,
		"https://contoso.com@evil.example/x":          false,
		"https://fabrikam.com":                        false,
		"/currenttime/mcp":                            false,
		"https://":                                    false,
	} {
		if err := checkIdentifiers([]string{uri}, home); (err == nil) != ok {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if err := checkIdentifiers([]string{"https://fabrikam.com/x"}, nil); err != nil {
		t.Errorf("a tenant that could not be read refuses: %v", err)
	}
	if got := identifiers([]string{timeURL + "/", timeURL, "https://a/b"}); !slices.Equal(got, []string{"https://a/b", timeURL}) {
		t.Errorf("identifiers %q", got)
	}
}

func TestUniqueNames(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, name := range []string{ideName, strings.ToLower(ideName), "a b", "a-b", "a_b", "ä", "", strings.Repeat("long ", 100), strings.Repeat("long ", 101)} {
		key := uniqueName(name)
		if seen[key] != "" || len(key) > 128 || notSlug.MatchString(strings.ReplaceAll(key, "-", "")) {
			t.Errorf("%q and %q are %q", name, seen[key], key)
		}
		seen[key] = name
	}
}

// FuzzDiff starts from any tenant: what is planned is done, then nothing is left, and what is not
// ours is as it was.
func FuzzDiff(f *testing.F) {
	f.Add("http://localhost,http://127.0.0.1", "https://app/cb", "api://x", "DirectoryRole", "tag", 1, true, false, uint8(0))
	f.Add("http://localhost:1/callback,http://localhost:2/callback", "http://localhost/callback", timeURL+",https://gw.contoso.com/old/mcp", "All", "mcpreg", 2, false, true, uint8(7))
	f.Add("", "", "", "", "", 0, false, false, uint8(15))
	f.Fuzz(func(t *testing.T, public, web, uris, groups, tag string, version int, enabled, implicit bool, mode uint8) {
		w := twoClients()
		w.prune = mode&1 != 0
		if mode&2 != 0 {
			w.consent = GrantConsent
		}
		if mode&4 != 0 {
			w.gateway.appID = "11111111-0000-4000-8000-000000000001"
		}
		if mode&8 != 0 {
			w.gateway.groups = ApplicationGroups
		}
		list := func(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return r == ',' }) }
		have := nothing(w)
		have.gateway.app = &application{
			id: "g", appID: "11111111-0000-4000-8000-000000000001", displayName: "gateway", tags: list(tag), tokenVersion: version,
			identifierURIs: list(uris), groupMembershipClaims: groups, scopes: []permissionScope{{"1", "read", true}, {"2", scopeValue, enabled}},
			preAuthorized: []preAuthorization{{appID: "theirs", permissionIDs: []string{"1"}}}, webRedirects: list(web),
		}
		have.clients[0].app = &application{
			id: "c", appID: "c", displayName: ideName, tags: list(tag), publicRedirects: list(public), webRedirects: list(web), spaRedirects: list(web),
			implicitIDToken: implicit, groupMembershipClaims: groups,
		}
		before := []*application{have.gateway.app.clone(), have.clients[0].app.clone()}
		settle(w, have)
		if left := settle(w, have); len(left) > 0 {
			t.Fatalf("left: %q", left)
		}
		assertKept(t, w, before[0], have.gateway.app)
		assertKept(t, w, before[1], have.clients[0].app)
	})
}

func assertKept(t *testing.T, w wanted, before, after *application) {
	t.Helper()
	kept := map[string][2][]string{
		"tags": {before.tags, after.tags},
		"web":  {foreign(before.webRedirects, []string{callback}), after.webRedirects},
		"spa":  {foreign(before.spaRedirects, []string{callback}), after.spaRedirects},
	}
	if !w.prune {
		kept["public"] = [2][]string{before.publicRedirects, after.publicRedirects}
		kept["identifier URIs"] = [2][]string{before.identifierURIs, after.identifierURIs}
	}
	for name, pair := range kept {
		for _, one := range pair[0] {
			if !slices.Contains(pair[1], one) {
				t.Fatalf("%s: %q is lost: %q", name, one, pair[1])
			}
		}
	}
	for i, s := range before.scopes {
		if s.value == "read" && after.scopes[i] != s {
			t.Fatalf("scope %v became %v", s, after.scopes[i])
		}
	}
	if len(before.preAuthorized) > 0 && fmt.Sprint(after.preAuthorized[0]) != fmt.Sprint(before.preAuthorized[0]) {
		t.Fatalf("pre-authorization became %v", after.preAuthorized[0])
	}
}

// Caps are told before they are hit.
func TestRoom(t *testing.T) {
	t.Parallel()
	w := twoClients()
	for i := range 240 {
		w.clients[0].redirects = append(w.clients[0].redirects, fmt.Sprintf("%s/%d", callback, i))
	}
	for i := range 950 {
		w.gateway.identifiers = append(w.gateway.identifiers, fmt.Sprintf("https://gw.contoso.com/%d/mcp", i))
	}
	have := nothing(w)
	settle(w, have)
	var told []string
	for _, n := range diff(w, have).notes {
		if n.Failure == "EN19" {
			told = append(told, n.Text)
		}
	}
	want := []string{
		"241 of 256 redirect URIs will be in use on client " + ideName + ": each server takes one for Codex",
		"951 of 999 identifier URIs will be in use on " + DefaultGatewayAppName,
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}
