package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
)

// maxConcurrent bounds how many requests are on their way to the registry at once.
const maxConcurrent = 8

// registered is one server as the registry resolves it for assistants.
type registered struct {
	doc      *registryclient.Server
	config   *registryclient.ConnectConfig
	url      string            // the connect URL
	found    []connect.Warning // as it was read
	warnings []connect.Warning // those, and what its connect URL comes to
}

// leanClient reads servers without the parts that nobody here looks at: a thousand are kept at once.
type leanClient struct{ *registryclient.Client }

// Server reads the stored document of one server, without its tools and metadata.
func (c leanClient) Server(ctx context.Context, path string) (*registryclient.Server, error) {
	doc, err := c.Client.Server(ctx, path)
	if err == nil {
		doc.Tools, doc.Metadata = nil, nil
	}
	return doc, err
}

// read reads the document of one server.
func (r *registry) read(ctx context.Context, path string) (registered, error) {
	doc, err := leanClient{r.client}.Server(ctx, path)
	if err != nil {
		return registered{}, err
	}
	if doc.Deployment == "local" {
		return registered{}, usageError(fmt.Sprintf("%s runs on the user's machine: there is nothing to log in to", plain(doc.Path)), "start it as its registry entry says")
	}
	server := registered{doc: doc}
	if !doc.Enabled {
		server.found = append(server.found, connect.Warning{Failure: "GW20", Text: plain(doc.Path) + " is disabled: the gateway answers 404 until it is enabled"})
	}
	return server, nil
}

// unknown adds the nearest names to the error of a path that the registry does not know.
func (r *registry) unknown(ctx context.Context, path string, err error) error {
	if !errors.Is(err, registryclient.ErrNotFound) {
		return r.told(err)
	}
	e := &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("the registry has no server %s", path), Hint: "servers are named by their path, as the registry lists them", Err: err}
	nearest, best := "", 0.6
	for server, err := range r.client.Servers(ctx, registryclient.ListOptions{}) {
		if err != nil {
			return e // the first error says enough
		}
		asked := strings.Trim(path, "/")
		for _, name := range []string{strings.Trim(server.Path, "/"), server.Name} {
			likeness := levenshtein.Match(asked, name, nil)
			if asked != "" && slices.Contains(strings.Split(name, "/"), asked) {
				likeness = 1 // a part of the path was left out
			}
			if likeness > best {
				nearest, best = plain(server.Path), likeness
			}
		}
	}
	if nearest != "" {
		e.Message += fmt.Sprintf("; did you mean %s?", nearest)
	}
	if isVirtual(path) {
		e.Failure, e.Hint = "GW30", "virtual servers have no overrides and no connect settings; mcpreg connect and login take the gateway's defaults"
	}
	return e
}

// resolve finds the connect URL of each server, and what is doubtful about it.
func (r *registry) resolve(ctx context.Context, chosen *chosenServers) error {
	if len(chosen.servers) == 0 {
		return nil
	}
	var err error
	if chosen.release, err = r.observed(ctx, chosen.common); err != nil {
		return err
	}
	rule := connect.AppendUnlessFalse
	if chosen.release.DetectsMCPPath() {
		rule = connect.DetectMCPPath
	}
	if err := chosen.locate(r.client.BaseURL(), rule); err != nil {
		return err
	}
	var unsure []string
	chosen.notes = slices.Clone(chosen.passed)
	for i := range chosen.servers {
		s := &chosen.servers[i]
		if chosen.release == (gateway.Release{}) && s.differsBefore129(chosen.kind, r.client.BaseURL()) {
			unsure = append(unsure, s.doc.Path)
		}
		s.warnings = append(s.warnings, chosen.unlisted(*s)...)
	}
	if len(unsure) > 0 {
		chosen.notes = append(chosen.notes, connect.Warning{
			Failure: "GW27", Text: fmt.Sprintf("the release of the gateway is not known, and before 1.29 the URL of %s was another", several(unsure)),
			Fix: "if it is older, name it with --registry-release",
		})
	}
	metadata, err := r.client.ProtectedResourceMetadata(ctx)
	if err != nil {
		chosen.notes = append(chosen.notes, connect.Warning{Failure: "GW07", Text: "the gateway's metadata cannot be read, so no assistant finds the login: " + err.Error()})
		return ctx.Err()
	}
	if text := foreignHost(originOf(r.client.BaseURL()), originOf(metadata.Resource)); text != "" {
		chosen.notes = append(chosen.notes, connect.Warning{Failure: "GW16", Text: text, Fix: "give the registry's public address"})
	}
	return nil
}

// several names a few of many.
func several(names []string) string {
	const few = 3
	if len(names) <= few {
		return plain(strings.Join(names, ", "))
	}
	return fmt.Sprintf("%s and %d more", plain(strings.Join(names[:few], ", ")), len(names)-few)
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// entry is what the connect URL depends on.
func (s registered) entry() connect.Server {
	entry := connect.Server{Name: s.doc.Name, Path: s.doc.Path, MCPEndpoint: s.doc.MCPEndpoint, ProxyPassURL: s.doc.ProxyPassURL}
	if value, ok := s.config.AppendMCPPath.Value(); ok {
		entry.AppendMCPPath = &value
	}
	return entry
}

func (s registered) differsBefore129(kind idp.Kind, base string) bool {
	old, _, err := connect.URL(kind, base, s.entry(), connect.DetectMCPPath)
	return err == nil && old != s.url
}

// names returns a name for each server under which an assistant stores it, no two alike: the
// display name's slug, or the path's where several would share it.
func (c *chosenServers) names() []string {
	names := make([]string, len(c.servers))
	for i, s := range c.servers {
		names[i] = connect.ServerName(s.doc.Name, s.doc.Path)
	}
	var urls []string
	for _, s := range c.servers {
		urls = append(urls, s.url)
	}
	byPath := connect.NamesOfURLs(urls)
	for i := range names {
		if slices.Index(names, names[i]) != i || slices.Contains(names[i+1:], names[i]) {
			return byPath
		}
	}
	return names
}

// request is what connects one assistant to the server.
func (s registered) request(kind idp.Kind, name string) connect.Request {
	id, _ := s.config.OAuthClientID.Value()
	port, _ := s.config.OAuthCallbackPort.Value()
	scope, _ := s.config.ConnectScope.Value()
	r := connect.Request{
		Kind: kind, Name: name, URL: s.url, ClientID: id, CallbackPort: port, ConfigScope: scope,
		Headers: s.config.CustomHeaders,
	}
	if s.config.EgressAuthMode == "none" || s.config.EgressAuthMode == "" {
		r.AuthScheme, r.AuthHeader = s.config.AuthScheme, s.config.AuthHeaderName
	}
	return r
}
