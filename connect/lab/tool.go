package lab

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

type nothing struct{}

func answering(tool string) mcp.ToolHandlerFor[nothing, nothing] {
	return func(context.Context, *mcp.CallToolRequest, nothing) (*mcp.CallToolResult, nothing, error) {
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "this is " + tool}}}, nothing{}, nil
	}
}

// apply puts settings, by the names of their variables, into effect.
func apply(c *registrytest.Config, settings map[string]string) error {
	for name, value := range settings {
		switch name {
		case "IDE_OAUTH_CLIENT_ID":
			c.ClientID = value
		case "IDE_OAUTH_CALLBACK_PORT":
			port, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("%s=%q is no port", name, value)
			}
			c.CallbackPort = port
		case "MCP_ADVERTISED_SCOPES":
			c.AdvertisedScopes = strings.Fields(value)
		case "OKTA_M2M_ALLOWED_AUDIENCES", "ENTRA_APPLICATION_ID_URI":
			c.AllowedAudiences = strings.Split(value, ",")
		case "COGNITO_M2M_CLIENT_IDS":
			c.M2MClientIDs = strings.Split(value, ",")
		default:
			return fmt.Errorf("%w %s", errSetting, name)
		}
	}
	return nil
}
