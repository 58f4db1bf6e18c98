package registrytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// identify finds out who calls: a static token, a key, or somebody with a token of the identity
// provider. The server is the one that is called, if any.
func (r *Registry) identify(request *http.Request, c Config, server *Server) (identity, bool) {
	headers := []string{"X-Authorization", "Authorization"}
	if !c.holds(XAuthorizationFirst) {
		slices.Reverse(headers)
	}
	token := ""
	for _, name := range headers {
		if bearer, ok := strings.CutPrefix(request.Header.Get(name), "Bearer "); ok {
			token = bearer
			break
		}
	}
	if token == "" {
		return identity{}, false
	}
	if who, ok := c.static(token); ok {
		return who, server == nil || !c.holds(NoStaticTokensAtMCP)
	}
	who, err := r.issuer.user(request.Context(), c, token, server, r.publicURL(c))
	return who, err == nil
}

func (c Config) static(token string) (identity, bool) {
	if token == c.AdminToken {
		return identity{user: "network-user", method: "network-trusted", groups: []string{adminGroup}}, true
	}
	for _, key := range c.Keys {
		if key.Token == token {
			return identity{user: key.Name, method: "network-trusted", groups: key.Groups}, true
		}
	}
	return identity{}, false
}

// issuer is the identity provider, its metadata and keys read once.
type issuer struct {
	client *http.Client

	mu   sync.Mutex
	url  string
	meta map[string]any
	keys jose.JSONWebKeySet
}

func newIssuer() *issuer { return &issuer{client: &http.Client{Timeout: 10 * time.Second}} }

// metadata returns the issuer's own discovery document.
func (i *issuer) metadata(ctx context.Context, url string) (map[string]any, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.meta != nil && i.url == url {
		return i.meta, nil
	}
	meta := map[string]any{}
	if err := i.read(ctx, strings.TrimRight(url, "/")+"/.well-known/openid-configuration", &meta); err != nil {
		return nil, err
	}
	i.url, i.meta, i.keys = url, meta, jose.JSONWebKeySet{}
	return meta, nil
}

// key returns the keys of that id, read again when it is new.
func (i *issuer) key(ctx context.Context, url, id string) ([]jose.JSONWebKey, error) {
	meta, err := i.metadata(ctx, url)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if found := i.keys.Key(id); len(found) > 0 {
		return found, nil
	}
	at, _ := meta["jwks_uri"].(string)
	if err := i.read(ctx, at, &i.keys); err != nil {
		return nil, err
	}
	return i.keys.Key(id), nil
}

func (i *issuer) read(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := i.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(into)
}

var errRefused = errors.New("the token is refused")

// user checks a token as the gateway does, and returns whose it is.
func (i *issuer) user(ctx context.Context, c Config, token string, server *Server, origin string) (identity, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.PS256})
	if err != nil {
		return identity{}, err
	}
	claims := map[string]any{}
	if !c.holds(SignatureCheck) {
		err = parsed.UnsafeClaimsWithoutVerification(&claims)
	} else {
		err = i.verified(ctx, c, parsed, &claims)
	}
	if err != nil {
		return identity{}, err
	}
	now := float64(time.Now().Unix())
	if expires, ok := claims["exp"].(float64); ok && expires <= now && c.holds(ExpiryCheck) {
		return identity{}, errRefused
	}
	if claims["iss"] != c.Issuer && c.holds(IssuerCheck) {
		return identity{}, errRefused
	}
	if !c.forUs(claims, server, origin) && c.holds(AudienceCheck) {
		return identity{}, errRefused
	}
	return identityOf(c, claims), nil
}

func (i *issuer) verified(ctx context.Context, c Config, parsed *jwt.JSONWebToken, into *map[string]any) error {
	keys, err := i.key(ctx, c.Issuer, parsed.Headers[0].KeyID)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if parsed.Claims(key, into) == nil {
			return nil
		}
	}
	return errRefused
}

func identityOf(c Config, claims map[string]any) identity {
	who := identity{method: "oauth2"}
	for _, name := range []string{"preferred_username", "username", "cognito:username", "sub"} {
		if s, ok := claims[name].(string); ok && who.user == "" {
			who.user = s
		}
	}
	for _, name := range []string{"azp", "cid", "client_id", "appid"} {
		if s, ok := claims[name].(string); ok && who.clientID == "" {
			who.clientID = s
		}
	}
	who.groups = texts(claims[map[string]string{"cognito": "cognito:groups"}[c.Provider]])
	if c.Provider != "cognito" {
		who.groups = texts(claims["groups"])
	}
	if c.Provider == "entra" && claims["groups"] == nil {
		who.groups = texts(claims["roles"])
	}
	return who
}

// forUs is the rule of each provider for whom a token is meant.
func (c Config) forUs(claims map[string]any, server *Server, origin string) bool {
	audience := texts(claims["aud"])
	meant := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(audience, name) })
	}
	switch c.Provider {
	case "okta":
		return meant(append([]string{c.GatewayClientID}, c.AllowedAudiences...)...)
	case "cognito":
		client, _ := claims["client_id"].(string)
		if claims["token_use"] == "id" {
			return meant(c.GatewayClientID)
		}
		return client != "" && slices.Contains(append([]string{c.GatewayClientID, c.ClientID}, c.M2MClientIDs...), client)
	case "entra":
		names := []string{c.GatewayClientID, "api://" + c.GatewayClientID}
		if server != nil {
			names = append(names, origin+"/"+server.key(), origin+"/"+server.key()+"/mcp")
		}
		return claims["nonce"] == nil && meant(names...)
	}
	return meant(c.GatewayClientID, "mcp-gateway-m2m", "mcp-gateway")
}

func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		list := []string{}
		for _, one := range v {
			if s, ok := one.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return nil
}
