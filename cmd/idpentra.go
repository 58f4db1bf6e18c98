package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
)

// gatewaySeen is what a registry shows of its gateway.
type gatewaySeen struct {
	named   bool // there is a registry
	release gateway.Release
	// perServer tells that the gateway has a resource for each server, as from 1.29 on.
	perServer bool
}

// lookAtIdentifiers asks the registry which identifier URIs its servers need on Entra ID: they must
// be what its metadata says, to the letter.
func (c *idpCommands) lookAtIdentifiers(ctx context.Context, r *registry, seen *setup.Seen) ([]connect.Warning, error) {
	uris, err := r.client.OBOIdentifierURIs(ctx)
	switch {
	case err == nil:
		seen.IdentifierURIs = uris
		c.gateway.perServer = len(uris) > 0 && len(uris) >= len(seen.ConnectURLs)
		return nil, nil
	case errors.Is(err, registryclient.ErrForbidden):
		return []connect.Warning{{Text: "the registry tells identifier URIs to its administrators only: those of the servers that this token sees were computed instead"}}, nil
	case errors.Is(err, registryclient.ErrNotFound):
		return nil, nil // an older release; what that means is said with the release
	}
	return nil, r.told(err)
}

// checkGateway finds out whether logins of the kind can work with the gateway at all. What is
// doubtful becomes a warning; the first error says why nothing should be set up, the second that it
// could not be found out.
func (c *idpCommands) checkGateway(cmd *cobra.Command, b *setup.Build) (blocked, failed error) {
	if c.kind != idp.Entra {
		return nil, nil
	}
	if err := c.findRelease(cmd); err != nil {
		return nil, err
	}
	since, release := gateway.Since(gateway.EntraServers), c.gateway.release
	const why = "it advertises one resource for all servers, and Entra answers every login with AADSTS9010010, because that resource does not match the scopes"
	unknown := release == (gateway.Release{})
	switch {
	case unknown && c.gateway.perServer, !unknown && release.Has(gateway.EntraServers):
		return nil, nil
	case unknown:
		text := fmt.Sprintf("the gateway must be of release %s or newer: of an older one %s", since, why)
		if c.gateway.named {
			text = "the gateway does not tell its release; " + text
		}
		b.Warnings = append(b.Warnings, connect.Warning{Failure: "EN02", Text: text})
		return nil, nil
	}
	b.Warnings = append(b.Warnings, connect.Warning{Failure: "EN02", Text: fmt.Sprintf("the gateway is of release %s: %s; logins work from release %s on", release, why, since)})
	return &idp.Error{
		Code: idp.CodeUsage, Failure: "EN02",
		Message: fmt.Sprintf("the gateway is of release %s, with which no login through Entra can work: %s; nothing was changed", release, why),
		Hint:    fmt.Sprintf("upgrade the gateway to %s or newer first; to prepare for it, plan shows what is needed, and --registry-release %s sets it up now", since, since),
	}, nil
}

// findRelease completes what is known of the gateway: by what the operator says, or by asking the
// registry where its servers were not looked at.
func (c *idpCommands) findRelease(cmd *cobra.Command) (err error) {
	if c.client.registry.release != "" {
		if c.gateway.release, err = gateway.ParseRelease(c.client.registry.release); err != nil {
			return fmt.Errorf("--registry-release: %w", err)
		}
		return nil
	}
	if c.gateway.named {
		return nil
	}
	r, err := c.openRegistry(cmd, c.client.registry)
	if err != nil || r == nil {
		return err
	}
	ctx, cancel := c.reading(cmd.Context())
	defer cancel()
	c.gateway.named = true
	c.gateway.release, err = r.observed(ctx, nil)
	return err
}
