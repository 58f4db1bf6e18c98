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
	refused error // of a server that is listed and may not be read, nil for none
}

// choose reads the selected servers. One that the registry lists and that cannot be read is left out
// and noted; one that is named on the command line is an error then.
func (r *registry) choose(ctx context.Context, kind idp.Kind, s selection, args []string) (*chosenServers, error) {
	paths, err := s.paths(ctx, r, args)
	if err != nil {
		return nil, err
	}
	chosen := &chosenServers{kind: kind, notes: paths.notes}
	servers, faults := make([]registered, len(paths.all)), make([]error, len(paths.all))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(maxConcurrent)
	done := r.progress("reading servers", len(paths.all))
	for i, path := range paths.all {
		group.Go(func() error {
			defer done()
			servers[i], faults[i] = r.read(groupCtx, path)
			if faults[i] == nil || s.virtual && isVirtual(path) || !slices.Contains(paths.named, path) && passedOver(faults[i]) != "" {
				return nil
			}
			return r.unknown(groupCtx, path, faults[i])
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, path := range paths.all {
		switch fault := faults[i]; {
		case fault == nil:
			chosen.servers = append(chosen.servers, servers[i])
		case isVirtual(path) && errors.Is(fault, registryclient.ErrNotFound):
			chosen.servers = append(chosen.servers, virtualServer(path, kind))
		default:
			chosen.leaveOut(path, r.told(fault))
		}
	}
	if err := r.configure(ctx, chosen); err != nil {
		return nil, err
	}
	return chosen, r.resolve(ctx, chosen)
}

// passedOver says why a server that is listed and cannot be read does not stop work on the others;
// "" when it does.
func passedOver(fault error) string {
	switch {
	case errors.Is(fault, registryclient.ErrForbidden):
		return "GW01"
	case errors.Is(fault, registryclient.ErrNotFound), errors.Is(fault, registryclient.ErrServerPath):
		return "GW29"
	}
	return ""
}

func (c *chosenServers) leaveOut(path string, fault error) {
	w := connect.Warning{Failure: passedOver(fault), Text: plain(path) + " is left out: no request reaches a server with such a path, or it is gone meanwhile"}
	if w.Failure == "GW01" {
		w.Text = plain(path) + " is left out: the registry lists it, and the token's owner has no access to it"
		c.refused = fault
	}
	c.notes = append(c.notes, w)
}

func isVirtual(path string) bool { return strings.HasPrefix(strings.Trim(path, "/"), "virtual/") }

// virtualServer is one that the registry's routes for servers do not know: nothing was read of it.
func virtualServer(path string, kind idp.Kind) registered {
	path = "/" + strings.Trim(path, "/")
	w := connect.Warning{Failure: "GW30", Text: path + " is a virtual server: the registry has no connect settings for it, so the gateway's defaults are taken and nothing about it was checked"}
	if kind == idp.Entra {
		w.Text = path + " is a virtual server, which has no metadata of its own: on Entra ID no login fits it"
	}
	return registered{
		doc:      &registryclient.Server{Path: path, Name: path[strings.LastIndexByte(path, '/')+1:], Enabled: true},
		warnings: []connect.Warning{w},
	}
}

// configure finds how to connect to each server. What the registry sets for all of them is read
// once, where possible from a server that overrides nothing; the rest is in each document. So a
// thousand servers take one request each.
func (r *registry) configure(ctx context.Context, chosen *chosenServers) error {
	servers := chosen.servers
	if len(servers) == 0 {
		return nil
	}
	common, err := r.common(ctx, servers)
	if err != nil {
		return err
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

// common reads the connect settings of one server, best of one that overrides nothing. Of virtual
// servers there are none, so that one that the registry lists is asked for then.
func (r *registry) common(ctx context.Context, servers []registered) (*registryclient.ConnectConfig, error) {
	path := ""
	for _, s := range servers {
		if isVirtual(s.doc.Path) {
			continue
		}
		if _, own := s.doc.OwnClientID(); path == "" || !own {
			path = s.doc.Path
			if !own {
				break
			}
		}
	}
	if path == "" {
		for server, err := range r.client.Servers(ctx, registryclient.ListOptions{PageSize: 1}) {
			if err != nil {
				return nil, r.told(err)
			}
			path = server.Path
			break
		}
	}
	if path == "" {
		return &registryclient.ConnectConfig{AppendMCPPath: registryclient.Null[bool](), ConnectScope: registryclient.Null[string]()}, nil
	}
	config, err := r.client.ConnectConfig(ctx, path)
	if err != nil {
		return nil, r.told(err)
	}
	return config, nil
}

// read reads the document of one server, without the parts that nobody here looks at: a thousand
// servers are kept at once.
func (r *registry) read(ctx context.Context, path string) (registered, error) {
	doc, err := r.client.Server(ctx, path)
	if err != nil {
		return registered{}, err
	}
	doc.Tools, doc.Metadata = nil, nil
	if doc.Deployment == "local" {
		return registered{}, usageError(fmt.Sprintf("%s runs on the user's machine: there is nothing to log in to", plain(doc.Path)), "start it as its registry entry says")
	}
	server := registered{doc: doc}
	if !doc.Enabled {
		server.warnings = append(server.warnings, connect.Warning{Failure: "GW20", Text: plain(doc.Path) + " is disabled: the gateway answers 404 until it is enabled"})
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
		e.Failure, e.Hint = "GW30", "virtual servers have no overrides and no connect settings; mcpreg connect takes the gateway's defaults"
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
