package login

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/idp"
)

// initialize is the first request of an MCP client (MCP 2025-06-18, lifecycle), here to be
// refused.
const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"mcpreg","version":"1"}}}`

// challenge calls the server without a token and reads where the 401 points to (RFC 9728
// section 5).
func (f *run) challenge(ctx context.Context) error {
	target, err := url.Parse(f.URL)
	if err != nil || target.Host == "" {
		return &idp.Error{Code: idp.CodeUsage, Message: fmt.Sprintf("%q is not an absolute URL", f.URL)}
	}
	if f.clearText(target) {
		return &idp.Error{Code: idp.CodeUsage, Message: f.URL + " uses http to a host that is not loopback", Hint: "use https, or --allow-http in a network that you trust"}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.URL, strings.NewReader(initialize))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json, text/event-stream")
	response, err := unfollowed(f.HTTP).Do(request)
	if err != nil {
		return unreachable(ctx, Gateway, target.Host, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		page, _ := io.ReadAll(io.LimitReader(response.Body, maxPage)) // only to recognise it
		return f.unchallenged(response, page)
	}
	if err := f.readChallenge(response.Header, target); err != nil {
		return err
	}
	f.say(Gateway, "401 with metadata  "+f.URL)
	return nil
}

const maxPage = 1 << 20 // bytes

// unchallenged is the fault of an answer that asks for no token.
func (f *run) unchallenged(response *http.Response, page []byte) *Fault {
	status := response.StatusCode
	location, _ := response.Location() // nil when there is none
	switch {
	case location != nil && status < 400 && location.Host == response.Request.URL.Host && location.Path == response.Request.URL.Path+"/":
		return fault(Gateway, "GW17", "%d to the same address with a slash at its end, which assistants follow with a GET: use %s", status, f.URL+"/")
	case location != nil && status < 400:
		return fault(Gateway, "GW21", "%d: it redirects to %s://%s", status, location.Scheme, location.Host)
	case status == http.StatusNotFound:
		none := fault(Gateway, "GW20", "404 without a challenge: the gateway has no route to this server")
		none.Code = idp.CodeNotFound
		return none
	case status < 300 && isPage(response.Header, page):
		return fault(Gateway, "GW21", "a web page instead of an answer of the gateway")
	case status < 300:
		return fault(Gateway, "", "it answers without asking for a token: there is nothing to log in to")
	case status == http.StatusTooManyRequests:
		busy := fault(Gateway, "GW19", "429: too many requests")
		busy.Code = idp.CodeUnreachable
		return busy
	case status == http.StatusForbidden:
		return fault(Gateway, f.knownPage(page, "GW08"), "403 before any login")
	case status >= 500:
		down := fault(Gateway, "GW22", "%s", response.Status)
		down.Code = idp.CodeUnreachable
		return down
	}
	return fault(Gateway, "", "%s instead of 401", response.Status)
}

func (f *run) knownPage(page []byte, otherwise string) string {
	for _, c := range failure.Match(string(page)) {
		if c.Confident() && strings.HasPrefix(c.Failure.ID, "GW") && c.Failure.ID != "GW02" && c.Failure.ID != "GW03" {
			return c.Failure.ID
		}
	}
	return otherwise
}

func isPage(header http.Header, page []byte) bool {
	return strings.HasPrefix(header.Get("Content-Type"), "text/html") || strings.HasPrefix(strings.TrimSpace(string(page)), "<")
}

// readChallenge finds the metadata's URL. The gateway sends two challenges, and only the second
// has it; where none has, assistants look at the root.
func (f *run) readChallenge(header http.Header, target *url.URL) error {
	challenges, err := oauthex.ParseWWWAuthenticate(header.Values("WWW-Authenticate"))
	if err != nil {
		return fault(Gateway, "GW07", "401 with a challenge that cannot be read: %v", err)
	}
	for _, c := range challenges {
		if c.Scheme != "bearer" {
			continue
		}
		if at := c.Params["resource_metadata"]; at != "" {
			f.metadataURL = at
		}
		if scope := c.Params["scope"]; scope != "" {
			f.asked = strings.Fields(scope)
		}
	}
	if f.metadataURL == "" {
		root := url.URL{Scheme: target.Scheme, Host: target.Host, Path: "/.well-known/oauth-protected-resource"}
		f.metadataURL = root.String()
	}
	return nil
}

// clearText reports whether a URL would carry secrets over a network without https.
func (f *run) clearText(u *url.URL) bool { return clearText(u) && !f.AllowHTTP }

func clearText(u *url.URL) bool {
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return false
	}
	return u.Scheme != "https"
}

// unfollowed returns a client that hands redirects back.
func unfollowed(client *http.Client) *http.Client {
	own := *client
	own.Jar = nil
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
