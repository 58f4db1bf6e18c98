package registryclient_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/mcpreg/mcpreg/registryclient"
	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// Every server of a registry gets the same client id, and an own append_mcp_path is taken away.
func Example() {
	registry, err := registrytest.Start(registrytest.Config{Servers: []registrytest.Server{{Path: "/currenttime", Name: "Current Time"}, {Path: "/fininfo", Name: "Financial Info"}}})
	if err != nil {
		fmt.Fprintln(os.Stdout, err)
		return
	}
	defer registry.Close()
	ctx := context.Background()

	client, err := registryclient.New(registry.URL(), registryclient.WithToken(func(context.Context) (string, error) { return registry.AdminToken(), nil }))
	if err != nil {
		fmt.Fprintln(os.Stdout, err)
		return
	}
	patch := registryclient.ServerPatch{OAuthClientID: registryclient.Value("mcp-gateway-ide"), AppendMCPPath: registryclient.Null[bool]()}
	for listed, err := range client.Servers(ctx, registryclient.ListOptions{}) {
		if err != nil {
			fmt.Fprintln(os.Stdout, err)
			return
		}
		server, err := client.Server(ctx, listed.Path)
		if err != nil {
			fmt.Fprintln(os.Stdout, err)
			return
		}
		switch changed, err := client.PatchServer(ctx, server.Path, patch, server.ETag()); {
		case errors.Is(err, registryclient.ErrPreconditionFailed):
			fmt.Fprintln(os.Stdout, server.Path, "changed meanwhile")
		case err != nil:
			fmt.Fprintln(os.Stdout, err)
		default:
			id, own := changed.OwnClientID()
			fmt.Fprintln(os.Stdout, changed.Path, id, own)
		}
	}
	// Output:
	// /currenttime mcp-gateway-ide true
	// /fininfo mcp-gateway-ide true
}
