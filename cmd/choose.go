package cmd

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
)

// chosenServers are those of a registry that a command line names.
type chosenServers struct {
	kind    idp.Kind
	release gateway.Release
	servers []registered
	common  *registryclient.ConnectConfig // of one of them, as the registry gave it
	named   []string                      // paths of the command line
	passed  []connect.Warning             // tell which servers are left out
	notes   []connect.Warning             // those, and what is doubtful about the registry as a whole
	refused error                         // of a server that is listed and may not be read, nil for none
}

// choose reads the selected servers. One that the registry lists and that cannot be read is left out
// and noted; one that is named on the command line is an error then.
func (r *registry) choose(ctx context.Context, kind idp.Kind, s selection, args []string) (*chosenServers, error) {
	paths, err := s.paths(ctx, r, args)
	if err != nil {
		return nil, err
	}
	chosen := &chosenServers{kind: kind, named: paths.named, passed: paths.notes}
	if s.all && len(paths.all) == 0 && len(paths.notes) == 0 {
		chosen.passed = []connect.Warning{{Failure: "GW28", Text: "the registry lists no server to this token's owner", Fix: "register one, or see that a scope of the owner's groups has list_service"}}
	}
	servers, faults := make([]registered, len(paths.all)), make([]error, len(paths.all))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(maxConcurrent)
	done := r.progress("reading servers", len(paths.all))
	for i, path := range paths.all {
		group.Go(func() error {
			defer done()
			servers[i], faults[i] = r.read(groupCtx, path)
			switch fault := faults[i]; {
			case fault == nil,
				s.virtual && isVirtual(path) && errors.Is(fault, registryclient.ErrNotFound),
				!slices.Contains(paths.named, path) && passedOver(fault) != "":
				return nil
			default:
				return r.unknown(groupCtx, path, fault)
			}
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
	chosen.notes = chosen.passed
	return chosen, r.settle(ctx, chosen)
}

// settle finds what the servers resolve to, as their documents are now.
func (r *registry) settle(ctx context.Context, chosen *chosenServers) error {
	if err := r.configure(ctx, chosen); err != nil {
		return err
	}
	return r.resolve(ctx, chosen)
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
	c.passed = append(c.passed, w)
}

// locate finds the connect URL of each server. One that is listed and has none is left out and noted.
func (c *chosenServers) locate(base string, rule connect.URLRule) error {
	var located []registered
	for _, s := range c.servers {
		address, warnings, err := connect.URL(c.kind, base, s.entry(), rule)
		switch {
		case err == nil:
			s.url, s.warnings = address, append(slices.Clone(s.found), warnings...)
			located = append(located, s)
		case names(c.named, s.doc.Path):
			return err
		default:
			c.passed = append(c.passed, connect.Warning{Failure: "GW05", Text: plain(s.doc.Path + " is left out, for it has no connect URL: " + err.Error())})
		}
	}
	c.servers = located
	return nil
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
		doc:   &registryclient.Server{Path: path, Name: path[strings.LastIndexByte(path, '/')+1:], Enabled: true},
		found: []connect.Warning{w},
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
