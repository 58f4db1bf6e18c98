package cognitotest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// row is one behaviour of Cognito.
type row struct {
	name string
	// want is what Cognito does, in the words of the row, and source who says so: "model" is the
	// documentation in the service model of botocore, "guide" the developer guide, a name with #
	// an issue on GitHub that quotes a live pool.
	want, source string
	observe      func(*bench) string
}

// bench is what rows are tried on: a pool of the stand-in, or of an emulator for rows that need
// the admin API only.
type bench struct {
	caller
	pool string
	// standIn is nil on an emulator.
	standIn *cognitotest.Cognito
	off     map[cognitotest.Rule]bool
}

// people are those of the pool.
func people() []idptest.User {
	return []idptest.User{
		{Name: "bob", Password: "secret", Email: "bob@example.com", Groups: []string{"registry-admins"}},
		{Name: "amy", Password: "secret", Email: "amy@example.com"},
	}
}

// newcomer is a person in no group.
func newcomer() idptest.User { return idptest.User{Name: "newcomer", Password: "secret"} }

func config(off map[cognitotest.Rule]bool) cognitotest.Config {
	return cognitotest.Config{
		Users: people(), Off: off,
		IdentityProviders: []cognitotest.IdentityProvider{{Name: "Okta", Type: "OIDC"}, {Name: "Google", Type: "Google"}},
		ResourceServers:   []cognitotest.ResourceServer{{Identifier: "https://api.example.com", Scopes: []string{"read"}}},
	}
}

func newBench(t testing.TB, c cognitotest.Config) *bench {
	t.Helper()
	s := start(t, c)
	return &bench{caller: callerOf(t, s, s.Administrator()), pool: s.PoolID(), standIn: s, off: c.Off}
}

// another starts a second stand-in with the same rules off.
func (b *bench) another(change func(*cognitotest.Config)) *bench {
	c := config(b.off)
	change(&c)
	return newBench(b.t, c)
}

// ask calls an operation on the bench's pool.
func (b *bench) ask(operation string, members object) reply {
	b.t.Helper()
	full := object{"UserPoolId": b.pool}
	for name, value := range members {
		full[name] = value
	}
	return b.call(operation, full)
}

// login are the settings of a client that people log in with.
func login(changes object) object {
	members := object{
		"ClientName": "row", "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": []string{"code"},
		"AllowedOAuthScopes": []string{"openid", "email", "profile"}, "CallbackURLs": []string{"http://localhost:8787/callback"},
		"SupportedIdentityProviders": []string{"COGNITO"},
	}
	for name, value := range changes {
		if members[name] = value; value == nil {
			delete(members, name)
		}
	}
	return members
}

// create makes a client with those settings changed.
func (b *bench) create(changes object) reply {
	b.t.Helper()
	return b.ask("CreateUserPoolClient", login(changes))
}

// clear deletes all clients.
func (b *bench) clear() {
	for {
		list, _ := b.ask("ListUserPoolClients", object{"MaxResults": 60}).body["UserPoolClients"].([]any)
		for _, one := range list {
			b.ask("DeleteUserPoolClient", object{"ClientId": one.(object)["ClientId"]})
		}
		if len(list) == 0 {
			return
		}
	}
}

// id is the id of the client of an answer.
func (r reply) id() string {
	id, _ := r.of("UserPoolClient")["ClientId"].(string)
	return id
}

// of is an object that the answer holds.
func (r reply) of(member string) object {
	inner, _ := r.body[member].(object)
	return inner
}

// code is the error's type; "ok" when the call succeeded.
func (r reply) code() string {
	code, _, _ := strings.Cut(r.failed(), ":")
	if code == "" {
		return "ok"
	}
	return code
}

// said is the error; "ok" when the call succeeded. Ids are replaced by names.
func (b *bench) said(r reply) string {
	text := r.failed()
	if text == "" {
		return "ok"
	}
	return strings.ReplaceAll(text, b.pool, "{pool}")
}

// told lists members of an object, each as NAME=VALUE; an absent one is "-".
func told(o object, members ...string) string {
	var words []string
	for _, name := range members {
		value := "-"
		if v, given := o[name]; given {
			value = plain(v)
		}
		words = append(words, name+"="+value)
	}
	return strings.Join(words, " ")
}

func plain(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

// told lists members of the client, or the error.
func (b *bench) told(r reply, members ...string) string {
	if r.code() != "ok" {
		return b.said(r)
	}
	return told(r.of("UserPoolClient"), members...)
}

// apiRows need nothing but the admin API; loginRows and callerRows need the stand-in.
func apiRows() []row {
	return slices.Concat(creating(), judging(), updating(), listing(), grouping(), branding())
}

func standInRows() []row {
	return slices.Concat(calling(), domains(), discovering(), authorizing(), loggingIn(), redeeming(), claiming())
}

func TestBehaviour(t *testing.T) {
	t.Parallel()
	b := newBench(t, config(nil))
	seen := map[string]bool{}
	for _, r := range slices.Concat(apiRows(), standInRows()) {
		b.clear()
		if diff := cmp.Diff(r.want, r.observe(b)); diff != "" {
			t.Errorf("%s (%s) (-want +got):\n%s", r.name, r.source, diff)
		}
		if seen[r.name] || r.source == "" {
			t.Errorf("%s: a second row of the name, or one without a source", r.name)
		}
		seen[r.name] = true
	}
}

// Each rule of the stand-in is seen by some row: with the rule off, something differs.
func TestEveryRuleMatters(t *testing.T) {
	t.Parallel()
	listed := map[cognitotest.Rule]bool{}
	for _, rule := range cognitotest.Rules() {
		if listed[rule] {
			t.Errorf("%s is listed twice", rule)
		}
		listed[rule] = true
		t.Run(string(rule), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, config(map[cognitotest.Rule]bool{rule: true}))
			rows := slices.Concat(standInRows(), apiRows())
			if strings.HasPrefix(string(rule), "admin:") {
				rows = slices.Concat(apiRows(), standInRows()) // what notices it first comes first
			}
			noticed := slices.ContainsFunc(rows, func(r row) bool {
				b.clear()
				return r.observe(b) != r.want
			})
			if !noticed {
				t.Error("no row notices that the rule is off")
			}
		})
	}
}

// numbered are n callbacks that differ.
func numbered(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("http://localhost:%d/callback", 1024+i))
	}
	return list
}
