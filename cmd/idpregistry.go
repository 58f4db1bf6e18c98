package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
)

// declaredRegistry is the registry that flag or environment names; nil when none is named.
func (a *app) declaredRegistry(cmd *cobra.Command, f registryFlags) (*setup.Registry, error) {
	settings, err := newScalars(cmd.Flags(), a.LookupEnv, scalar{"registry", "REGISTRY_URL"})
	if err != nil || settings.text("registry") == "" {
		return nil, err
	}
	return &setup.Registry{URL: settings.text("registry"), Token: a.secretRef(f.tokenFile, "REGISTRY_TOKEN")}, nil
}

// needsServers reports whether what the file declares depends on the registry's servers, and
// they are not named already: their URLs are in redirect URIs and identifiers of most kinds.
func needsServers(file setup.File) bool {
	if file.Registry == nil || len(file.ConnectURLs) > 0 {
		return false
	}
	return file.IDP.Keycloak == nil || file.IDP.Keycloak.StrictRedirects
}

// lookAtRegistry reads the servers of the declared registry, and the callback port that it
// advertises, where they matter. The warnings say what is doubtful about them.
func (c *idpCommands) lookAtRegistry(cmd *cobra.Command, file setup.File) (setup.Seen, []connect.Warning, error) {
	if !needsServers(file) {
		return setup.Seen{}, nil, nil
	}
	r, err := c.openRegistry(cmd, c.client.registry)
	if err != nil {
		return setup.Seen{}, nil, err
	}
	ctx, cancel := c.reading(cmd.Context())
	defer cancel()
	chosen, err := r.choose(ctx, c.kind, selection{all: true}, nil)
	if err != nil {
		return setup.Seen{}, nil, err
	}
	notes := chosen.notes
	if note, err := c.otherProvider(ctx, r); err != nil {
		return setup.Seen{}, nil, err
	} else if note.Text != "" {
		notes = append(notes, note)
	}
	var seen setup.Seen
	for _, server := range chosen.servers {
		if slices.Contains(file.IgnoreServers, server.doc.Path) {
			continue
		}
		seen.ConnectURLs = append(seen.ConnectURLs, server.url)
		notes = append(notes, server.warnings...)
	}
	if chosen.common != nil {
		seen.CallbackPort, _ = chosen.common.OAuthCallbackPort.Value()
	}
	if file.IDP.Okta != nil && file.IDP.Okta.GroupsFilter == "" {
		var note connect.Warning
		if seen.Groups, note, err = mappedGroups(ctx, r); err != nil {
			return setup.Seen{}, nil, err
		} else if note.Text != "" {
			notes = append(notes, note)
		}
	}
	c.gateway.named, c.gateway.release = true, chosen.release
	if c.kind == idp.Entra {
		more, err := c.lookAtIdentifiers(ctx, r, &seen)
		if err != nil {
			return setup.Seen{}, nil, err
		}
		notes = append(notes, more...)
	}
	return seen, notes, nil
}

// mappedGroups returns the groups that the registry's scopes are mapped from: tokens must name
// them. Who may not read scopes is told in a warning.
func mappedGroups(ctx context.Context, r *registry) ([]string, connect.Warning, error) {
	scopes, err := r.client.Scopes(ctx)
	if errors.Is(err, registryclient.ErrForbidden) || errors.Is(err, registryclient.ErrUnauthorized) {
		return nil, connect.Warning{
			Text: "the registry does not let this token read its group mappings, so that the groups claim is made for the named groups only",
			Fix:  "name every mapped group with --group",
		}, nil
	}
	if err != nil {
		return nil, connect.Warning{}, r.told(err)
	}
	var groups []string
	for _, s := range scopes {
		for _, group := range s.GroupMappings {
			if !slices.Contains(groups, group) {
				groups = append(groups, group)
			}
		}
	}
	return groups, connect.Warning{}, nil
}

// otherProvider warns when the registry signs its users in with another kind than the command's.
func (c *idpCommands) otherProvider(ctx context.Context, r *registry) (connect.Warning, error) {
	providers, err := r.client.AuthProviders(ctx)
	if err != nil {
		return connect.Warning{}, r.told(err)
	}
	for _, p := range providers {
		if p.Name == string(c.kind) {
			return connect.Warning{}, nil
		}
	}
	if len(providers) == 0 {
		return connect.Warning{}, nil
	}
	return connect.Warning{
		Text: fmt.Sprintf("the registry signs its users in with %s, not with %s: it will not accept tokens of this one", plain(providers[0].DisplayName), c.kind.DisplayName()),
		Fix:  "set AUTH_PROVIDER on the gateway, or set up the other one",
	}, nil
}
