package registryclient_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/registryclient"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

func writer(t *testing.T, c registrytest.Config, token string) (*registrytest.Registry, *registryclient.Client) {
	t.Helper()
	registry, err := registrytest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	client, err := registryclient.New(registry.URL(), registryclient.WithToken(func(context.Context) (string, error) {
		if token == "" {
			return registry.AdminToken(), nil
		}
		return token, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return registry, client
}

func TestRegister(t *testing.T) {
	t.Parallel()
	_, client := writer(t, registrytest.Config{}, "")
	server := registryclient.NewServer{
		Name: "Rec Over", Path: "/rec-over", Description: "Server with overrides.", ProxyPassURL: "http://knowledge-server:8000/",
		OAuthClientID: "rec-over-ide", AppendMCPPath: registryclient.Value(false), Tags: []string{"a", "b"},
	}
	path, err := client.Register(t.Context(), server)
	if err != nil || path != "/rec-over" {
		t.Fatalf("%s, %v", path, err)
	}
	stored, err := client.Server(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if id, _ := stored.OwnClientID(); id != "rec-over-ide" || !stored.AppendMCPPath.Equal(registryclient.Value(false)) || cmp.Diff([]string{"a", "b"}, stored.Tags) != "" || stored.Enabled {
		t.Errorf("%+v", stored)
	}
	if _, err := client.Register(t.Context(), server); !errors.Is(err, registryclient.ErrConflict) {
		t.Errorf("again: %v", err)
	}
	// A registry overwrites when it is not told; what stays are the overrides.
	server.Overwrite, server.OAuthClientID, server.Tags = true, "", nil
	if _, err := client.Register(t.Context(), server); err != nil {
		t.Fatal(err)
	}
	again, err := client.Server(t.Context(), path)
	if err != nil || again.ID == stored.ID || len(again.Tags) != 0 {
		t.Errorf("%+v, %v", again, err)
	}
	if id, _ := again.OwnClientID(); id != "rec-over-ide" {
		t.Errorf("client id %s", id)
	}
}

func TestRegisterRefused(t *testing.T) {
	t.Parallel()
	_, client := writer(t, registrytest.Config{}, "")
	for name, c := range map[string]struct {
		server registryclient.NewServer
		want   error
	}{
		"reserved path":     {registryclient.NewServer{Name: "X", Path: "/health", Description: "d", ProxyPassURL: "http://s:1/"}, registryclient.ErrRegistrationRefused},
		"forbidden address": {registryclient.NewServer{Name: "X", Path: "/x", Description: "d", ProxyPassURL: "http://169.254.169.254/latest"}, registryclient.ErrRegistrationRefused},
		"no description":    {registryclient.NewServer{Name: "X", Path: "/x"}, registryclient.ErrInvalid},
		"no address":        {registryclient.NewServer{Name: "X", Path: "/x", Description: "d"}, registryclient.ErrInvalid},
		"cannot be read":    {registryclient.NewServer{Name: "X", Path: "/a//b", Description: "d", ProxyPassURL: "http://s:1/"}, registryclient.ErrServerPath},
	} {
		if _, err := client.Register(t.Context(), c.server); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, limited := writer(t, registrytest.Config{Keys: []registrytest.Key{{Name: "l", Token: "limited"}}}, "limited")
	if _, err := limited.Register(t.Context(), registryclient.NewServer{Name: "X", Path: "/x", Description: "d", ProxyPassURL: "http://s:1/"}); !errors.Is(err, registryclient.ErrForbidden) {
		t.Errorf("limited: %v", err)
	}
	if _, err := limited.Scopes(t.Context()); !errors.Is(err, registryclient.ErrForbidden) {
		t.Errorf("limited: %v", err)
	}
}

func TestScopesAreMadeAndRead(t *testing.T) {
	t.Parallel()
	_, client := writer(t, registrytest.Config{}, "")
	if err := client.CreateScope(t.Context(), "team-a", "Team A"); err != nil {
		t.Fatal(err)
	}
	if err := client.CreateScope(t.Context(), "team-a", ""); !errors.Is(err, registryclient.ErrInvalid) {
		t.Errorf("again: %v", err)
	}
	scope, err := client.Scope(t.Context(), "team-a")
	if err != nil || scope.Description != "Team A" || len(scope.GroupMappings) != 0 || scope.Writable() != nil {
		t.Errorf("%+v, %v", scope, err)
	}
	if _, err := client.Scope(t.Context(), "a/b"); !errors.Is(err, registryclient.ErrServerPath) {
		t.Errorf("slash: %v", err)
	}
	if _, err := client.Scope(t.Context(), "nosuch"); !errors.Is(err, registryclient.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

func TestOBOIdentifierURIs(t *testing.T) {
	t.Parallel()
	no := false
	_, client := writer(t, registrytest.Config{Provider: "entra", PublicURL: "https://gw.example.com", Servers: []registrytest.Server{
		{Path: "/currenttime"}, {Path: "/aws-knowledge", AppendMCPPath: &no}, {Path: "/off", Disabled: true},
	}}, "")
	got, err := client.OBOIdentifierURIs(t.Context())
	if diff := cmp.Diff([]string{"https://gw.example.com/aws-knowledge", "https://gw.example.com/currenttime/mcp", "https://gw.example.com/off/mcp"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// A document that somebody wrote since is not overruled. The tags are those of the recorded PATCH of
// 2026-11-24T02:10:06.919513.
func TestPatchServerOfAnOlderReading(t *testing.T) {
	t.Parallel()
	at := registryclient.Timestamp{Time: time.Date(2026, 11, 24, 2, 10, 6, 919_513_000, time.UTC)}
	if tag := (registryclient.Server{UpdatedAt: at}).ETag(); tag != `W/"1795486206919"` {
		t.Errorf("tag %s", tag)
	}
	if tag := (registryclient.Server{RegisteredAt: at}).ETag(); tag != `W/"1795486206919"` {
		t.Errorf("never changed: tag %s", tag)
	}
	if tag := (registryclient.Server{}).ETag(); tag != "" {
		t.Errorf("no time: tag %s", tag)
	}
	_, client := writer(t, registrytest.Config{Servers: []registrytest.Server{{Path: "/x", Name: "X", ProxyPassURL: "http://s:1/mcp", Stored: map[string]any{"updated_at": "2026-11-24T02:10:06.919513"}}}}, "")
	read, err := client.Server(t.Context(), "/x")
	if err != nil {
		t.Fatal(err)
	}
	patch := registryclient.ServerPatch{OAuthClientID: registryclient.Value("one")}
	if _, err := client.PatchServer(t.Context(), "/x", patch, read.ETag()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PatchServer(t.Context(), "/x", patch, read.ETag()); !errors.Is(err, registryclient.ErrPreconditionFailed) {
		t.Errorf("stale: %v", err)
	}
}
