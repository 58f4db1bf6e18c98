package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"golang.org/x/sync/errgroup"

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
	url      string // the connect URL
	warnings []connect.Warning
}

// chosenServers are those of a registry that a command line names.
type chosenServers struct {
	kind    idp.Kind
	release gateway.Release
	servers []registered
	common  *registryclient.ConnectConfig // of one of them, as the registry gave it
	notes   []connect.Warning
}

// choose reads the selected servers.
func (r *registry) choose(ctx context.Context, kind idp.Kind, s selection, args []string) (*chosenServers, error) {
	paths, notes, err := s.paths(ctx, r, args)
	if err != nil {
		return nil, err
	}
	chosen := &chosenServers{kind: kind, notes: notes, servers: make([]registered, len(paths))}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(maxConcurrent)
	done := r.progress("reading servers", len(paths))
	for i, path := range paths {
		group.Go(func() (err error) {
			defer done()
			chosen.servers[i], err = r.read(groupCtx, path)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := r.configure(ctx, chosen); err != nil {
		return nil, err
	}
	return chosen, r.resolve(ctx, chosen)
}

// configure finds how to connect to each server. What the registry sets for all of them is read
// once, where possible from a server that overrides nothing; the rest is in each document. So a
// thousand servers take one request each.
func (r *registry) configure(ctx context.Context, chosen *chosenServers) error {
	servers := chosen.servers
	if len(servers) == 0 {
		return nil
	}
	plain := max(0, slices.IndexFunc(servers, func(s registered) bool { _, own := s.doc.OwnClientID(); return !own }))
	common, err := r.client.ConnectConfig(ctx, servers[plain].doc.Path)
	if err != nil {
		return r.told(err)
	}
	chosen.common = common
	for i := range servers {
		doc, config := servers[i].doc, *common
		if _, own := doc.OwnClientID(); own {
			config.OAuthClientID = doc.OAuthClientID
		}
		config.Path, config.Name, config.AppendMCPPath = doc.Path, doc.Name, doc.AppendMCPPath
		config.AuthScheme, config.AuthHeaderName, config.CustomHeaders = doc.AuthScheme, doc.AuthHeaderName, doc.CustomHeaderNames
		config.EgressAuthMode = cmp.Or(doc.EgressAuthMode, "none")
		servers[i].config = &config
	}
	return nil
}

// read reads the document of one server.
func (r *registry) read(ctx context.Context, path string) (registered, error) {
	doc, err := r.client.Server(ctx, path)
	if err != nil {
		return registered{}, r.unknown(ctx, path, err)
	}
	if doc.Deployment == "local" {
		return registered{}, usageError(fmt.Sprintf("%s runs on the user's machine: there is nothing to log in to", doc.Path), "start it as its registry entry says")
	}
	server := registered{doc: doc}
	if !doc.Enabled {
		server.warnings = append(server.warnings, connect.Warning{Failure: "GW20", Text: doc.Path + " is disabled: the gateway answers 404 until it is enabled"})
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
		for _, name := range []string{strings.Trim(server.Path, "/"), server.Name} {
			if likeness := levenshtein.Match(strings.Trim(path, "/"), name, nil); likeness > best {
				nearest, best = plain(server.Path), likeness
			}
		}
	}
	if nearest != "" {
		e.Message += fmt.Sprintf("; did you mean %s?", nearest)
	}
	if strings.HasPrefix(strings.Trim(path, "/"), "virtual/") {
		e.Hint = "virtual servers have no connect settings: give the URL with --url"
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
	var unsure []string
	for i := range chosen.servers {
		s := &chosen.servers[i]
		address, warnings, err := connect.URL(chosen.kind, r.client.BaseURL(), s.entry(), rule)
		if err != nil {
			return err
		}
		s.url = address
		s.warnings = append(s.warnings, warnings...)
		if chosen.release == (gateway.Release{}) && s.differsBefore129(chosen.kind, r.client.BaseURL()) {
			unsure = append(unsure, s.doc.Path)
		}
		s.warnings = append(s.warnings, chosen.unlisted(*s)...)
	}
	if len(unsure) > 0 {
		chosen.notes = append(chosen.notes, connect.Warning{
			Text: fmt.Sprintf("the release of the gateway is not known, and before 1.29 the URL of %s was another", several(unsure)),
			Fix:  "if it is older, name it with --registry-release",
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
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
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
