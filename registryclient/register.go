package registryclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// NewServer is a server to be registered: every field that the registry's form has. Zero fields are
// left to the registry.
type NewServer struct {
	ID          string // of its own; the registry makes one
	Name        string
	Path        string // with a leading slash, without a trailing one
	Description string
	// ProxyPassURL is where the gateway sends calls to, absolute; needed unless Deployment is local.
	ProxyPassURL        string
	MCPEndpoint         string // absolute, where it is not ProxyPassURL with /mcp
	SSEEndpoint         string
	Transport           string
	SupportedTransports []string
	Tags                []string
	ExternalTags        []string
	License             string
	Version             string
	Status              string // active, deprecated, draft or beta
	Visibility          string
	AllowedGroups       []string
	ProviderName        string
	ProviderURL         string
	AuthProvider        string
	AuthScheme          string // none, bearer or api_key
	AuthCredential      string // what the gateway sends to the server
	AuthHeaderName      string
	CustomHeaders       []NewHeader
	// Headers is a list of objects, stored and shown as they are. Secrets belong into CustomHeaders,
	// which are kept encrypted.
	Headers         json.RawMessage
	Metadata        json.RawMessage // an object
	Tools           json.RawMessage // a list of tools
	NumTools        int
	SourceCreatedAt string // ISO 8601, of where the entry comes from
	SourceUpdatedAt string
	Deployment      string          // remote or local
	LocalRuntime    json.RawMessage // where Deployment is local
	OAuthClientID   string
	AppendMCPPath   Field[bool]
	// Overwrite replaces a server of the same path: its id, tags, tools and metadata are lost.
	Overwrite bool
}

// NewHeader is a header that the gateway sends to the server, its value in clear text.
type NewHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ErrRegistrationRefused reports a registration that the registry refuses without a reason: it
// answers 500 to a path or an address that its policy forbids.
var ErrRegistrationRefused = errors.New("the registry refuses the registration without a reason: most often the path is reserved or the proxy URL points into a network that it forbids")

const registerRoute = "/api/servers/register"

// Register registers a server and returns the path that it is stored at. It is sent once, and again
// only where the registry's edge refused it: it admits five registrations a second. The server is
// disabled until an operator enables it.
//
// [ErrConflict] reports a path that is taken, [ErrForbidden] a caller who may not register, and
// [ErrRegistrationRefused] a refusal by the registry's policy.
func (c *Client) Register(ctx context.Context, server NewServer) (string, error) {
	if _, err := escapeServerPath(server.Path); err != nil {
		return "", err
	}
	form, err := server.form()
	if err != nil {
		return "", err
	}
	var answer struct {
		Path string `json:"path"`
	}
	err = c.writeForm(ctx, registerRoute, form, &answer)
	var told *Error
	if errors.As(err, &told) && told.Status == http.StatusInternalServerError && told.Message == "Service registration failed" {
		return "", fmt.Errorf("%w: %w", ErrRegistrationRefused, err)
	}
	return answer.Path, err
}

// form is the registration as the route takes it. The registry overwrites unless told not to.
func (s NewServer) form() (url.Values, error) {
	form := url.Values{"overwrite": {strconv.FormatBool(s.Overwrite)}}
	for name, value := range map[string]string{
		"name": s.Name, "path": s.Path, "description": s.Description, "proxy_pass_url": s.ProxyPassURL,
		"mcp_endpoint": s.MCPEndpoint, "sse_endpoint": s.SSEEndpoint, "transport": s.Transport,
		"supported_transports": strings.Join(s.SupportedTransports, ","), "tags": strings.Join(s.Tags, ","),
		"external_tags": strings.Join(s.ExternalTags, ","), "license": s.License, "version": s.Version,
		"status": s.Status, "visibility": s.Visibility, "allowed_groups": strings.Join(s.AllowedGroups, ","),
		"provider_organization": s.ProviderName, "provider_url": s.ProviderURL, "auth_provider": s.AuthProvider,
		"auth_scheme": s.AuthScheme, "auth_credential": s.AuthCredential, "auth_header_name": s.AuthHeaderName,
		"metadata": string(s.Metadata), "tool_list_json": string(s.Tools), "deployment": s.Deployment,
		"local_runtime": string(s.LocalRuntime), "oauth_client_id": s.OAuthClientID, "id": s.ID, "headers": string(s.Headers),
		"source_created_at": s.SourceCreatedAt, "source_updated_at": s.SourceUpdatedAt,
	} {
		if value != "" {
			form.Set(name, value)
		}
	}
	if s.NumTools > 0 {
		form.Set("num_tools", strconv.Itoa(s.NumTools))
	}
	if len(s.CustomHeaders) > 0 {
		text, err := json.Marshal(s.CustomHeaders)
		if err != nil {
			return nil, err
		}
		form.Set("custom_headers", string(text))
	}
	if value, ok := s.AppendMCPPath.Value(); ok {
		form.Set("append_mcp_path", strconv.FormatBool(value))
	}
	return form, nil
}
