package gateway

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/mcpreg/mcpreg/idp"
)

// Claims are the claims of an access token that decide whether a gateway accepts it.
type Claims struct {
	Issuer   string
	Subject  string
	Audience []string // nil when the token has none
	ClientID string   // whom the token was issued to: azp, cid, client_id or appid
	Username string   // Cognito's username, which tokens of machines lack
	TokenUse string   // Cognito: access or id
	Nonce    string   // ID tokens have one, access tokens do not
	// Expires, NotBefore and IssuedAt are zero when the token does not say.
	Expires, NotBefore, IssuedAt time.Time
	// Groups are the values of the kind's groups claim, on Entra of roles when there are none.
	Groups []string
	// Overage tells that Entra left the groups out because there are too many.
	Overage bool
}

// ParseClaims reads the claims of a token of that kind from the members of its JSON object. It
// fails when a claim that matters has another type than RFC 7519 or the vendor gives it; the
// error names the claim and never its value.
func ParseClaims(kind idp.Kind, members map[string]any) (Claims, error) {
	r := claimReader{members: members}
	c := Claims{
		Issuer:    r.text("iss"),
		Subject:   r.text("sub"),
		Audience:  r.list("aud"),
		Username:  r.text("username"),
		TokenUse:  r.text("token_use"),
		Nonce:     r.text("nonce"),
		Expires:   r.time("exp"),
		NotBefore: r.time("nbf"),
		IssuedAt:  r.time("iat"),
	}
	for _, name := range []string{"azp", "cid", "client_id", "appid"} {
		if id := r.text(name); id != "" && c.ClientID == "" {
			c.ClientID = id
		}
	}
	if claim := kind.Traits().GroupsClaim; claim != "" {
		c.Groups = r.list(claim)
	}
	if kind == idp.Entra {
		c.Overage = r.overage()
		if members["groups"] == nil {
			c.Groups = r.list("roles")
		}
	}
	return c, r.err
}

// claimReader reads members by type and keeps the first error.
type claimReader struct {
	members map[string]any
	err     error
}

func (r *claimReader) fail(name, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("claim %s of the token is not %s", name, want)
	}
}

func (r *claimReader) text(name string) string {
	switch v := r.members[name].(type) {
	case nil:
		return ""
	case string:
		return v
	}
	r.fail(name, "a string")
	return ""
}

// list reads a string or a list of strings (RFC 7519 section 4.1.3).
func (r *claimReader) list(name string) []string {
	switch v := r.members[name].(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case []string:
		return slices.Clone(v)
	case []any:
		list := make([]string, 0, len(v))
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				r.fail(name, "a list of strings")
				return nil
			}
			list = append(list, s)
		}
		return list
	}
	r.fail(name, "a string or a list of strings")
	return nil
}

// time reads seconds since 1970 (RFC 7519 section 2, NumericDate), with any fraction cut off.
func (r *claimReader) time(name string) time.Time {
	var seconds float64
	switch v := r.members[name].(type) {
	case nil:
		return time.Time{}
	case float64:
		seconds = v
	case int64:
		seconds = float64(v)
	case int:
		seconds = float64(v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			f = math.NaN()
		}
		seconds = f
	default:
		seconds = math.NaN()
	}
	const latest = 253402300799 // the last second of the year 9999
	if math.IsNaN(seconds) || seconds < 0 || seconds > latest {
		r.fail(name, "a time in seconds")
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// overage reports whether groups were replaced by a pointer: a member groups of _claim_names,
// or hasgroups in tokens of the implicit flow.
func (r *claimReader) overage() bool {
	names, _ := r.members["_claim_names"].(map[string]any)
	_, pointed := names["groups"]
	has, _ := r.members["hasgroups"].(bool)
	return pointed || has
}
