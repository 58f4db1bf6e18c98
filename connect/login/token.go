package login

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
)

// accessToken is what the gateway will look at.
type accessToken struct {
	raw    string
	claims gateway.Claims
}

// told are the members of a token that may be shown. Everything else stays unsaid.
var told = []string{
	"iss", "aud", "azp", "cid", "client_id", "appid", "token_use", "ver", "exp", "iat", "nbf",
	"preferred_username", "username", "upn", "groups", "cognito:groups", "roles", "scope", "scp",
}

// judge checks the token's signature with the identity provider's keys and replays the gateway's
// rules on its claims.
func (f *run) judge(ctx context.Context) error {
	ctx = oidc.ClientContext(ctx, f.again())
	// The gateway's own rules for issuer, audience and time follow below.
	verifier := f.server.provider.VerifierContext(ctx, &oidc.Config{SkipClientIDCheck: true, SkipIssuerCheck: true, SkipExpiryCheck: true})
	verified, err := verifier.Verify(ctx, f.token.raw)
	if err != nil {
		return fault(Token, f.opaque(), "the access token is no JWT that the gateway could check: %s", shortened(withoutToken(err, f.token.raw)))
	}
	members := map[string]any{}
	if err := verified.Claims(&members); err != nil {
		return fault(Token, "", "the claims of the access token cannot be read")
	}
	if f.token.claims, err = gateway.ParseClaims(f.Kind, members); err != nil {
		return fault(Token, "", "%v", err)
	}
	f.result.Claims = map[string]any{}
	for _, name := range told {
		if value, ok := members[name]; ok {
			f.result.Claims[name] = value
		}
	}
	f.verdicts = gateway.Judge(f.token.claims, gateway.Acceptance{
		// Whether the client is the one that the gateway advertises cannot be seen from here.
		Kind: f.Kind, Release: f.Release, Issuers: f.resource.AuthorizationServers, ServerURL: f.URL,
	}, time.Now())
	f.say(Token, f.describeToken(members))
	return nil
}

// opaque is the failure of a token that is no JWT: the org authorization server of Okta issues
// such.
func (f *run) opaque() string {
	if f.Kind == idp.Okta {
		return "OK09"
	}
	return ""
}

func withoutToken(err error, raw string) string {
	return strings.ReplaceAll(err.Error(), raw, "(token)")
}

func (f *run) describeToken(members map[string]any) string {
	who := "somebody"
	for _, name := range []string{"preferred_username", "username", "upn"} {
		if s, ok := members[name].(string); ok && s != "" {
			who = printable(s)
			break
		}
	}
	c := f.token.claims
	text := fmt.Sprintf("for %s, client %s", who, c.ClientID)
	if len(c.Audience) > 0 {
		text += ", audience " + strings.Join(c.Audience, " ")
	}
	if !c.Expires.IsZero() {
		text += ", " + time.Until(c.Expires).Round(time.Minute).String()
		text = strings.TrimSuffix(text, "0s")
	}
	if f.result.Refresh {
		return text + ", refresh yes"
	}
	return text + ", refresh no"
}
