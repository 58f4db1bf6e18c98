package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect/gateway"
	"github.com/mcpreg/mcpreg/connect/override"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
	"github.com/mcpreg/mcpreg/registryclient"
	"github.com/mcpreg/mcpreg/scopes"
)

const registryVariables = `Environment (a flag wins over its variable; the secret also as REGISTRY_TOKEN_FILE):
  REGISTRY_URL        base URL of the registry, which is the gateway's as well
  REGISTRY_TOKEN      bearer token for the registry's API: a static token, a named key, or an
                      access token of the identity provider`

// registryFlags name a registry and the file that holds its token.
type registryFlags struct {
	tokenFile string
	release   string
}

func (f *registryFlags) register(flags *pflag.FlagSet) {
	flags.String("registry", "", "base URL of the registry, such as https://gw.example.com")
	flags.StringVar(&f.tokenFile, "registry-token-file", "", "file with the registry's bearer token, or - for standard input")
	flags.StringVar(&f.release, "registry-release", "", "release of the gateway, when it does not say so itself, such as 1.30.0")
}

// tokenFromStdin reports whether flag or environment says that the token comes from standard input.
func (a *app) tokenFromStdin(f registryFlags) bool {
	token := a.secretRef(f.tokenFile, "REGISTRY_TOKEN")
	return token != nil && token.File == "-"
}

// errStdinTwice refuses to read two things from standard input.
func errStdinTwice(other string) error {
	return usageError("the registry's token and "+other+" both read standard input", "put the token in a file, or in REGISTRY_TOKEN")
}

// registry is an open registry.
type registry struct {
	client  *registryclient.Client
	http    *http.Client
	sent    *atomic.Int64
	release gateway.Release // what the operator says; zero for nothing
	token   idp.Credential  // nil without one
	// progress shows how many of a number of things are done.
	progress func(what string, total int) func()
}

// openRegistry opens the registry that flag or environment names; nil when none is named.
func (a *app) openRegistry(cmd *cobra.Command, f registryFlags) (*registry, error) {
	settings, err := newScalars(cmd.Flags(), a.LookupEnv, scalar{"registry", "REGISTRY_URL"})
	if err != nil {
		return nil, err
	}
	base := settings.text("registry")
	if base == "" {
		return nil, nil
	}
	r := &registry{progress: a.progress}
	if f.release != "" {
		if r.release, err = gateway.ParseRelease(f.release); err != nil {
			return nil, fmt.Errorf("--registry-release: %w", err)
		}
	}
	if r.http, r.sent, err = a.httpClient(); err != nil {
		return nil, err
	}
	options := []registryclient.Option{registryclient.WithHTTPClient(r.http)}
	if credential := a.credential(a.secretRef(f.tokenFile, "REGISTRY_TOKEN")); credential != nil {
		r.token = credential
		options = append(options, registryclient.WithToken(credential))
	}
	if a.global.allowHTTP {
		options = append(options, registryclient.WithAllowHTTP())
	}
	if r.client, err = registryclient.New(base, options...); err != nil {
		return nil, usageError(err.Error(), "give the address that users open in the browser, as in --registry https://gw.example.com")
	}
	return r, nil
}

// kind returns the kind of identity provider: what the flag says, else what the registry signs
// its users in with.
func (r *registry) kind(ctx context.Context, cmd *cobra.Command, flag string) (idp.Kind, error) {
	if cmd.Flags().Changed("idp") {
		return idp.Kind(flag), nil
	}
	providers, err := r.client.AuthProviders(ctx)
	if err != nil {
		return "", r.told(err)
	}
	if len(providers) == 0 {
		return "", usageError("the registry names no identity provider", "name its kind with --idp")
	}
	kind, err := idp.ParseKind(providers[0].Name)
	if err != nil {
		return "", usageError(fmt.Sprintf("the registry signs in with %s, which mcpreg does not know", providers[0].DisplayName), "name a kind that behaves alike with --idp")
	}
	return kind, nil
}

// observed returns the release, which is the operator's word or what the registry's answers show.
func (r *registry) observed(ctx context.Context, config *registryclient.ConnectConfig) (gateway.Release, error) {
	if r.release != (gateway.Release{}) {
		return r.release, nil
	}
	version, err := r.client.Version(ctx)
	if err != nil && !errors.Is(err, registryclient.ErrNotFound) {
		return gateway.Release{}, r.told(err)
	}
	if config == nil {
		return gateway.Observed(version.Version, true, true), nil
	}
	return gateway.Observed(version.Version, !config.AppendMCPPath.IsZero(), !config.ConnectScope.IsZero()), nil
}

// told finds words, an exit code and the failure for an error of the registry's client.
func (r *registry) told(err error) error {
	e := &idp.Error{Code: idp.CodeFailed, Message: err.Error(), Err: err}
	base := r.client.BaseURL()
	var already *idp.Error
	switch {
	case errors.As(err, &already):
		return err
	case errors.Is(err, registryclient.ErrServerPath), errors.Is(err, registryclient.ErrConflict):
		e.Code = idp.CodeUsage
	case errors.Is(err, registryclient.ErrRegistrationRefused):
		e.Failure, e.Hint = "GW24", "choose another path, or an address that the registry's URL policy allows"
	case errors.Is(err, registryclient.ErrTrailingSlash):
		e.Failure, e.Hint = "GW23", "register the server under a path without it, or go to "+gateway.Since(gateway.SlashSafeOverride).String()+" or newer"
	case errors.Is(err, registryclient.ErrNotWritable):
		e.Code, e.Failure = idp.CodeUsage, "GW26"
	case overridesUnknown(err):
		e.Code, e.Failure, e.Hint = idp.CodeUsage, "GW25", "go to "+gateway.Since(gateway.Overrides).String()+" or newer"
	case errors.Is(err, registryclient.ErrUnauthorized) && r.token == nil:
		e.Code, e.Message = idp.CodeAuth, fmt.Sprintf("the registry at %s wants a token", base)
		e.Hint = "set REGISTRY_TOKEN, or name a file with --registry-token-file"
	case errors.Is(err, registryclient.ErrUnauthorized):
		e.Code, e.Message = idp.CodeAuth, fmt.Sprintf("the registry at %s does not accept the token: %s", base, r.tokenFault())
		e.Hint = "get a fresh one; a token bound to one server is not enough"
	case errors.Is(err, override.ErrNotKept), errors.Is(err, scopes.ErrNotKept), errors.Is(err, plan.ErrMoved):
		e.Hint = "run the same again; two writers at once lose changes"
	case errors.Is(err, registryclient.ErrPreconditionFailed):
		e.Hint = "somebody changed it since the plan was made: run the same again and look at the new plan"
	case errors.Is(err, registryclient.ErrForbidden):
		e.Code, e.Hint = idp.CodeForbidden, whoMay(err)
	case errors.Is(err, registryclient.ErrNotFound):
		e.Code = idp.CodeNotFound
	case errors.Is(err, registryclient.ErrRateLimited):
		e.Code, e.Failure, e.Hint = idp.CodeUnreachable, "GW19", "others behind the same address share its rate: try again in a minute"
		var answer *registryclient.Error
		if errors.As(err, &answer) && answer.RetryAfter > 0 {
			e.Hint = "it asks to wait " + answer.RetryAfter.String()
		}
	case errors.Is(err, registryclient.ErrUnreachable), errors.Is(err, registryclient.ErrUnavailable):
		e.Code, e.Failure = idp.CodeUnreachable, "GW22"
	case errors.Is(err, registryclient.ErrNotRegistry):
		e.Failure, e.Hint = "GW21", "is this the registry's address, without a login page in front of it?"
	}
	return e
}

// whoMay says who is not refused, by the registry's own words.
func whoMay(err error) string {
	said := err.Error()
	for _, known := range []struct{ words, hint string }{
		{"you registered", "whoever registered it may change it, and an administrator of the registry"},
		{"permission to modify", "a scope of the owner's groups needs modify_service for the server's display name"},
		{"permission to register", "a scope of the owner's groups needs register_service"},
		{"Admin access required", "use the token of an administrator of the registry"},
		{"Administrator permissions", "use the token of an administrator of the registry"},
	} {
		if strings.Contains(said, known.words) {
			return known.hint
		}
	}
	return "the groups of this token's owner need access to it; an admin of the registry sees everything"
}

// overridesUnknown tells a registry that refuses the fields of overrides, as releases do that do not
// know them.
func overridesUnknown(err error) bool {
	var answer *registryclient.Error
	return errors.As(err, &answer) && slices.ContainsFunc(answer.Fields, func(f registryclient.FieldError) bool {
		return (f.Path == "body.oauth_client_id" || f.Path == "body.append_mcp_path") && strings.HasPrefix(f.Message, "Extra inputs")
	})
}

// foreignHost warns when the gateway's own metadata names another origin than the one in use.
func foreignHost(base, resource string) string {
	if strings.TrimRight(resource, "/") == base || resource == "" {
		return ""
	}
	return fmt.Sprintf("the gateway's metadata names %s, and the registry was asked at %s: assistants refuse the resource of another host", resource, base)
}
