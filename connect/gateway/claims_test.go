package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
)

func TestParseClaims(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		kind  idp.Kind
		token string
		want  gateway.Claims
	}{
		{"keycloak", idp.Keycloak, `{"iss":"https://kc/realms/r","sub":"u1","aud":["mcp-gateway","account"],"azp":"mcp-gateway-ide","exp":1700000300,"iat":1700000000,"groups":["registry-admins"]}`, gateway.Claims{
			Issuer: "https://kc/realms/r", Subject: "u1", Audience: []string{"mcp-gateway", "account"}, ClientID: "mcp-gateway-ide",
			Expires: time.Unix(1700000300, 0), IssuedAt: time.Unix(1700000000, 0), Groups: []string{"registry-admins"},
		}},
		{"okta", idp.Okta, `{"iss":"https://a.okta.com/oauth2/default","aud":"api://default","cid":"0oaIDE","groups":["Everyone"],"nbf":1.5}`, gateway.Claims{
			Issuer: "https://a.okta.com/oauth2/default", Audience: []string{"api://default"}, ClientID: "0oaIDE",
			NotBefore: time.Unix(1, 0), Groups: []string{"Everyone"},
		}},
		{"cognito", idp.Cognito, `{"iss":"https://cognito-idp/p","client_id":"7ide","token_use":"access","username":"bob","cognito:groups":["devs"],"groups":["not these"]}`, gateway.Claims{
			Issuer: "https://cognito-idp/p", ClientID: "7ide", TokenUse: "access", Username: "bob", Groups: []string{"devs"},
		}},
		{"entra v1 by roles", idp.Entra, `{"iss":"https://sts.windows.net/t/","aud":"api://g","appid":"c","roles":["registry-admins"]}`, gateway.Claims{
			Issuer: "https://sts.windows.net/t/", Audience: []string{"api://g"}, ClientID: "c", Groups: []string{"registry-admins"},
		}},
		{"entra overage", idp.Entra, `{"_claim_names":{"groups":"src1"},"nonce":"n"}`, gateway.Claims{Nonce: "n", Overage: true}},
		{"entra hasgroups", idp.Entra, `{"hasgroups":true}`, gateway.Claims{Overage: true}},
		{"entra pointer to something else", idp.Entra, `{"_claim_names":{"photo":"src1"}}`, gateway.Claims{}},
		{"nothing", idp.Keycloak, `{"groups":null,"aud":null}`, gateway.Claims{}},
		{"empty lists", idp.Keycloak, `{"groups":[],"aud":[]}`, gateway.Claims{Groups: []string{}, Audience: []string{}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := gateway.ParseClaims(tt.kind, members(t, tt.token))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func members(t *testing.T, token string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(token), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseClaimsReadsEveryNumber(t *testing.T) {
	t.Parallel()
	for _, exp := range []any{float64(1700000000), int64(1700000000), 1700000000, json.Number("1700000000"), json.Number("1.7e9")} {
		c, err := gateway.ParseClaims(idp.Keycloak, map[string]any{"exp": exp})
		if err != nil || !c.Expires.Equal(time.Unix(1700000000, 0)) {
			t.Errorf("exp %T %v reads %v, %v", exp, exp, c.Expires, err)
		}
	}
}

func TestParseClaimsRefusesWrongTypes(t *testing.T) {
	t.Parallel()
	for token, claim := range map[string]string{
		`{"iss":["https://kc"]}`:               "iss",
		`{"aud":7}`:                            "aud",
		`{"aud":["a",7]}`:                      "aud",
		`{"groups":{"secret-value":1}}`:        "groups",
		`{"groups":[["secret-value"]]}`:        "groups",
		`{"exp":"secret-value"}`:               "exp",
		`{"exp":-1}`:                           "exp",
		`{"exp":1e300}`:                        "exp",
		`{"azp":{"x":"secret-value"}}`:         "azp",
		`{"nonce":1}`:                          "nonce",
		`{"sub":true,"exp":"secret-value"}`:    "sub",
		`{"iat":[1700000000]}`:                 "iat",
		`{"token_use":["access"]}`:             "token_use",
		`{"username":{"name":"secret-value"}}`: "username",
	} {
		_, err := gateway.ParseClaims(idp.Keycloak, members(t, token))
		if err == nil || !strings.Contains(err.Error(), "claim "+claim+" ") || strings.Contains(err.Error(), "secret-value") {
			t.Errorf("%s: error %v, want one about %s that tells no value", token, err, claim)
		}
	}
}

func FuzzParseClaims(f *testing.F) {
	for _, seed := range []string{`{"aud":["a"],"exp":1,"groups":["/x"]}`, `{"_claim_names":{"groups":1}}`, `{"exp":1e308}`, `{}`} {
		f.Add(seed)
	}
	now := time.Unix(1700000000, 0)
	f.Fuzz(func(t *testing.T, token string) {
		var m map[string]any
		if json.Unmarshal([]byte(token), &m) != nil {
			return
		}
		for _, kind := range idp.Kinds() {
			c, err := gateway.ParseClaims(kind, m)
			if err != nil {
				continue
			}
			for _, v := range gateway.Judge(c, gateway.Acceptance{Kind: kind}, now) {
				if (v.Outcome == gateway.Accepted) != (v.Failure == "" && v.Status == 0) || v.Text == "" {
					t.Errorf("%s: %s gives %+v", kind, token, v)
				}
			}
		}
	})
}
