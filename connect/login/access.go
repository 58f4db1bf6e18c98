package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
)

// protocolVersion is the one that every gateway knows; a newer one would begin with a request that
// scope rules do not name.
const protocolVersion = "2025-06-18"

// bearer carries the access token and remembers the last status.
type bearer struct {
	base   http.RoundTripper
	token  string
	status atomic.Int64
}

// RoundTrip implements [http.RoundTripper].
func (b *bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+b.token)
	response, err := b.base.RoundTrip(request)
	if err == nil {
		b.status.Store(int64(response.StatusCode))
	}
	return response, err
}

// connect initializes an MCP session with the token and lists the tools.
func (f *run) connect(ctx context.Context) error {
	base := f.HTTP.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	carrier := &bearer{base: base, token: f.token.raw}
	client := mcp.NewClient(&mcp.Implementation{Name: "mcpreg", Version: "1"}, &mcp.ClientOptions{Capabilities: &mcp.ClientCapabilities{}})
	transport := &mcp.StreamableClientTransport{Endpoint: f.URL, HTTPClient: unfollowed(&http.Client{Transport: carrier}), MaxRetries: -1, DisableStandaloneSSE: true}
	session, err := client.Connect(ctx, transport, &mcp.ClientSessionOptions{ProtocolVersion: protocolVersion})
	if err != nil {
		return f.refused(ctx, carrier, err)
	}
	defer func() { _ = session.Close() }() // the answer is in hand
	for tool, err := range session.Tools(ctx, nil) {
		if err != nil {
			return f.refused(ctx, carrier, err)
		}
		f.result.Tools = append(f.result.Tools, printable(tool.Name))
	}
	slices.Sort(f.result.Tools)
	if len(f.result.Tools) == 0 {
		return f.noTools()
	}
	f.say(Access, "tools: "+strings.Join(f.result.Tools, ", "))
	return nil
}

// noTools tells a filter of the gateway from a server that has none.
func (f *run) noTools() error {
	if f.KnownTools > 0 {
		return fault(Access, "GW18", "connected, and the list of tools is empty, although the registry counts %d", f.KnownTools)
	}
	return fault(Access, "GW18", "connected, and the list of tools is empty: the server has none, or the scope's rules leave them all out")
}

// refused finds out why the gateway did not let the session begin.
func (f *run) refused(ctx context.Context, carrier *bearer, err error) error {
	switch status := int(carrier.status.Load()); {
	case ctx.Err() != nil, status == 0:
		return unreachable(ctx, Access, f.URL, err)
	case status == http.StatusUnauthorized:
		return f.unauthorized()
	case status == http.StatusForbidden:
		return f.forbidden(ctx)
	case status == http.StatusMethodNotAllowed, status >= 300 && status < 400:
		return fault(Access, "GW17", "%d to the first call with the token", status)
	case status == http.StatusNotFound:
		return fault(Access, "GW20", "404 to the first call with the token")
	case status >= 500:
		down := fault(Access, "GW22", "%d: the server behind the gateway does not answer", status)
		down.Code = idp.CodeUnreachable
		return down
	default:
		return fault(Access, "", "the session did not begin: %s", shortened(withoutToken(err, f.token.raw)))
	}
}

// unauthorized finds the rule of the gateway that the token breaks: one that is certain first,
// then one that depends on a setting.
func (f *run) unauthorized() error {
	for _, outcome := range []gateway.Outcome{gateway.Refused, gateway.Uncertain} {
		for _, v := range f.verdicts {
			if v.Outcome == outcome && v.Status == http.StatusUnauthorized {
				return fault(Token, v.Failure, "401: %s: %s", v.Check, v.Text)
			}
		}
	}
	return fault(Token, "GW13", "401, although every rule that can be checked from here accepts the token")
}

// forbidden tells the reasons for a 403 apart, which all look alike at the server: what the
// registry says of the same token decides.
func (f *run) forbidden(ctx context.Context) error {
	for _, v := range f.verdicts {
		if v.Outcome == gateway.Refused && v.Status == http.StatusForbidden {
			return fault(Access, v.Failure, "403: %s", v.Text)
		}
	}
	me, err := f.me(ctx)
	if err != nil {
		return fault(Access, "GW02", "403, and the registry does not say why (%s): the groups %s may not be mapped, or not give access to this server", reason(err), strings.Join(f.token.claims.Groups, ", "))
	}
	if len(me.Scopes) == 0 {
		for _, v := range f.verdicts {
			if v.Outcome == gateway.Uncertain && v.Status == http.StatusForbidden {
				return fault(Access, v.Failure, "403: no registry scope maps the groups %s", v.Text)
			}
		}
		return fault(Access, "GW02", "403: no registry scope maps the groups %s", strings.Join(me.Groups, ", "))
	}
	return fault(Access, "GW03", "403: the groups map to %s, whose rules do not let this in", strings.Join(me.Scopes, ", "))
}

func (f *run) me(ctx context.Context) (*registryclient.Identity, error) {
	target, err := url.Parse(f.resource.Resource)
	if err != nil {
		return nil, err
	}
	options := []registryclient.Option{
		registryclient.WithHTTPClient(f.HTTP),
		registryclient.WithToken(func(context.Context) (string, error) { return f.token.raw, nil }),
	}
	if f.AllowHTTP {
		options = append(options, registryclient.WithAllowHTTP())
	}
	client, err := registryclient.New(target.Scheme+"://"+target.Host, options...)
	if err != nil {
		return nil, err
	}
	return client.Me(ctx)
}

func reason(err error) string {
	var answer *registryclient.Error
	if errors.As(err, &answer) {
		return fmt.Sprintf("it answers %d", answer.Status)
	}
	return "it does not answer"
}
