package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/mcpreg/mcpreg/idp"
)

type resourceMetadata = oauthex.ProtectedResourceMetadata

// authorizationServer is the identity provider as it describes itself.
type authorizationServer struct {
	provider *oidc.Provider
	meta     oauthex.AuthServerMeta
}

// discover reads the gateway's metadata and then the identity provider's.
func (f *run) discover(ctx context.Context) error {
	if err := f.readResource(ctx); err != nil {
		return err
	}
	issuer := f.resource.AuthorizationServers[0]
	f.result.Issuer = issuer
	at, err := url.Parse(issuer)
	if err != nil || at.Host == "" {
		return fault(Gateway, "GW07", "its metadata names an authorization server that is no URL: %q", issuer)
	}
	if f.clearText(at) {
		return fault(Gateway, "GW07", "its metadata names an authorization server without https: %s", issuer)
	}
	if f.server.provider, err = oidc.NewProvider(oidc.ClientContext(ctx, f.again()), issuer); err != nil {
		return f.undiscovered(ctx, issuer, err)
	}
	if err := f.server.provider.Claims(&f.server.meta); err != nil {
		return fault(IdentityProvider, "", "its metadata cannot be read: %v", err)
	}
	return f.checkServer()
}

func (f *run) readResource(ctx context.Context) error {
	at, err := url.Parse(f.metadataURL)
	target, _ := url.Parse(f.URL) // it was parsed before
	switch {
	case err != nil || at.Host == "":
		return fault(Gateway, "GW07", "the challenge names metadata at %q, which is no URL", f.metadataURL)
	case at.Host != target.Host:
		return fault(Gateway, "GW16", "its metadata is said to be at %s, another host than %s", at.Host, target.Host)
	case f.clearText(at), at.Scheme != target.Scheme:
		return fault(Gateway, "GW07", "its metadata is said to be at %s, and the server is at %s", at, target.Scheme)
	}
	status, body, err := f.fetch(ctx, f.metadataURL)
	switch {
	case err != nil:
		return unreachable(ctx, Gateway, at.Host, err)
	case status == http.StatusTooManyRequests:
		busy := fault(Gateway, "GW19", "its metadata answers 429, again and again")
		busy.Code = idp.CodeUnreachable
		return busy
	case status == http.StatusBadGateway:
		return fault(Gateway, "GW07", "its metadata at %s answers 502: the gateway does not reach its identity provider", at.Path)
	case status != http.StatusOK:
		return fault(Gateway, "GW07", "its metadata at %s answers %d", at.Path, status)
	}
	if err := json.Unmarshal(body, &f.resource); err != nil {
		return fault(Gateway, "GW21", "its metadata at %s is not JSON", at.Path)
	}
	if len(f.resource.AuthorizationServers) == 0 {
		return fault(Gateway, "GW07", "its metadata names no authorization server")
	}
	return f.checkResource(target)
}

// checkResource applies the rule of the assistants: the resource is the server's URL, a path above
// it, or its origin.
func (f *run) checkResource(target *url.URL) error {
	resource, err := url.Parse(f.resource.Resource)
	switch {
	case err != nil || resource.Host == "":
		return fault(Gateway, "GW05", "its metadata names the resource %q, which is no URL", f.resource.Resource)
	case resource.Scheme != target.Scheme || resource.Host != target.Host:
		return fault(Gateway, "GW16", "its metadata names the resource %s, another host than %s", f.resource.Resource, target.Host)
	}
	above := strings.TrimRight(resource.Path, "/")
	if path := target.Path; path == resource.Path || above == "" || strings.HasPrefix(path, above+"/") {
		return nil
	}
	return fault(Gateway, "GW05", "its metadata names the resource %s, not %s", f.resource.Resource, f.URL)
}

func (f *run) undiscovered(ctx context.Context, issuer string, err error) error {
	var network *url.Error
	switch {
	case errors.As(err, &network):
		return unreachable(ctx, IdentityProvider, issuer, err)
	case strings.Contains(err.Error(), "did not match"):
		return fault(IdentityProvider, issuerFailure(f.Kind), "it calls itself something else than %s, which the gateway advertises", issuer)
	}
	found := fault(IdentityProvider, "", "no OpenID configuration below %s: %s", issuer, shortened(err.Error()))
	found.Code = idp.CodeNotFound
	return found
}

// issuerFailure is the failure of an issuer that the gateway knows by another name.
func issuerFailure(kind idp.Kind) string {
	switch kind {
	case idp.Keycloak:
		return "KC11"
	case idp.Okta:
		return "OK09"
	case idp.Cognito:
		return "CG14"
	case idp.Entra:
		return "EN13"
	}
	return ""
}

func shortened(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 160 {
		return string(runes[:160]) + "…"
	}
	return s
}

// checkServer applies what assistants demand of an authorization server before they open a
// browser.
func (f *run) checkServer() error {
	meta := f.server.meta
	for name, endpoint := range map[string]string{"authorization_endpoint": meta.AuthorizationEndpoint, "token_endpoint": meta.TokenEndpoint} {
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" {
			return fault(IdentityProvider, "", "its metadata has no %s", name)
		}
		if f.clearText(u) {
			return fault(IdentityProvider, "", "its %s uses http to a host that is not loopback: %s", name, endpoint)
		}
	}
	methods := meta.CodeChallengeMethodsSupported
	if len(methods) > 0 && !slices.Contains(methods, "S256") {
		return fault(IdentityProvider, "ID20", "it announces PKCE with %s only", strings.Join(methods, ", "))
	}
	text := string(f.Kind) + ", PKCE S256"
	if len(methods) == 0 {
		text = string(f.Kind) + ", PKCE not announced"
	}
	if meta.AuthorizationResponseIssParameterSupported {
		text += ", iss announced"
	}
	f.say(IdentityProvider, text+"  "+meta.Issuer)
	switch {
	case f.Assistant.ID != "codex":
	case f.bridged():
		f.say("", "Codex goes through the bridge mcp-remote here, as connect prints it; --direct is its own login (ID18)")
	case !meta.AuthorizationResponseIssParameterSupported:
		return checkOrigins(meta)
	}
	return nil
}

// checkOrigins is what Codex demands of an authorization server that does not say who it is in its
// answers: an authorize endpoint at the origin of the issuer or of the token endpoint.
func checkOrigins(meta oauthex.AuthServerMeta) error {
	authorize, err := url.Parse(meta.AuthorizationEndpoint)
	if err != nil || authorize.Scheme != "https" || sameOrigin(authorize, meta.Issuer) || sameOrigin(authorize, meta.TokenEndpoint) {
		return nil // an address that is none was refused before
	}
	return fault(IdentityProvider, "ID18", "its authorize endpoint is at %s, where neither its issuer %s is nor its token endpoint %s: Codex 0.150 and newer stop here",
		authorize.Host, meta.Issuer, meta.TokenEndpoint)
}

func sameOrigin(u *url.URL, address string) bool {
	other, err := url.Parse(address)
	return err == nil && u.Scheme == other.Scheme && u.Host == other.Host
}

// fetch reads a document, again while the edge says that it is busy, and follows no redirect.
func (f *run) fetch(ctx context.Context, address string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := f.again().Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if err == nil && len(body) > maxPage {
		err = fmt.Errorf("the answer is longer than %d bytes", maxPage)
	}
	return response.StatusCode, body, err
}

// again returns a client for reads that may be repeated.
func (f *run) again() *http.Client {
	patient := retryablehttp.NewClient()
	patient.Logger = nil
	patient.RetryMax = 3
	patient.RetryWaitMin = 500 * time.Millisecond
	patient.HTTPClient = unfollowed(f.HTTP)
	patient.ErrorHandler = retryablehttp.PassthroughErrorHandler
	client := patient.StandardClient()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}
