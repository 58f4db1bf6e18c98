package cmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
)

// observedGateway is what can be seen of a running gateway from outside.
type observedGateway struct {
	settings map[string]string // by name
	issuer   string
	release  gateway.Release // zero when it cannot be told
	unread   error           // why the metadata, and with it the issuer, is not known; nil when it is
}

// difference is what has to be changed by hand, and the gateway restarted, for the settings to hold.
func (o observedGateway) difference(base string, needed []gateway.Setting, issuer string) *plan.Plan {
	p := &plan.Plan{Target: "gateway  " + base}
	for _, s := range needed {
		value, seen := o.settings[s.Name]
		switch {
		case o.release != (gateway.Release{}) && o.release.Compare(s.Since) < 0 && s.Since != (gateway.Release{}):
			p.Add(plan.Change{System: "gateway", Kind: "release", Name: s.Name, Action: plan.Manual,
				Summary: fmt.Sprintf("release %s does not read it: go to %s or newer", o.release, s.Since)}, nil)
		case !seen:
			p.Note(plan.Note{Owner: "gateway operator", Text: s.Name + " cannot be read from outside"})
		case sameSetting(s.Name, value, s.Value):
			p.Right("%s", s.Name)
		default:
			p.Add(plan.Change{System: "gateway", Kind: "setting", Name: s.Name, Action: plan.Manual, Prevents: "GW12",
				Summary: fmt.Sprintf("is %s and must be %s: restart the gateway with it", quotedOrUnset(value), strconv.Quote(s.Value)),
				Fields:  []plan.Field{{Path: "value", Before: nonEmpty(value), After: nonEmpty(s.Value), Prevents: "GW12"}}}, nil)
		}
	}
	if o.unread != nil {
		p.Note(plan.Note{Failure: "GW07", Owner: "gateway operator", Text: "the gateway's metadata cannot be read, so no assistant finds the login: " + o.unread.Error()})
	}
	if issuer != "" && o.issuer != issuer && o.unread == nil {
		p.Add(plan.Change{System: "gateway", Kind: "issuer", Name: issuer, Action: plan.Manual, Prevents: "GW09",
			Summary: fmt.Sprintf("the gateway names the issuer %s: tokens of another are refused", quotedOrUnset(o.issuer)),
			Fields:  []plan.Field{{Path: "issuer", Before: nonEmpty(o.issuer), After: nonEmpty(issuer), Prevents: "GW09"}}}, nil)
	}
	return p
}

// maxLooked bounds how many servers are asked for one without a client id of its own.
const maxLooked = 20

// runningSettings looks at the running gateway.
func (r *registry) runningSettings(ctx context.Context) (observedGateway, error) {
	running := map[string]string{}
	now := observedGateway{settings: running, release: r.release}
	metadata, err := r.client.ProtectedResourceMetadata(ctx)
	switch {
	case ctx.Err() != nil:
		return now, ctx.Err()
	case err != nil:
		now.unread = err
	default:
		running["MCP_ADVERTISED_SCOPES"] = strings.Join(metadata.ScopesSupported, " ")
		if len(metadata.AuthorizationServers) > 0 {
			now.issuer = metadata.AuthorizationServers[0]
		}
	}
	looked := 0
	for server, err := range r.client.Servers(ctx, registryclient.ListOptions{}) {
		if err != nil {
			return now, r.told(err)
		}
		if looked++; looked > maxLooked {
			break
		}
		doc, err := r.client.Server(ctx, server.Path)
		if err != nil && passedOver(err) != "" {
			continue
		}
		if err != nil {
			return now, r.told(err)
		}
		if _, own := doc.OwnClientID(); own {
			continue
		}
		config, err := r.client.ConnectConfig(ctx, server.Path)
		if err != nil {
			return now, r.told(err)
		}
		if now.release, err = r.observed(ctx, config); err != nil {
			return now, err
		}
		running["IDE_OAUTH_CLIENT_ID"], _ = config.OAuthClientID.Value()
		running["IDE_OAUTH_CALLBACK_PORT"] = ""
		if port, ok := config.OAuthCallbackPort.Value(); ok {
			running["IDE_OAUTH_CALLBACK_PORT"] = strconv.Itoa(port)
		}
		return now, nil
	}
	return now, nil
}
