package registryclient

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
)

// ServerSummary is one server as the list shows it. The list leaves out the overrides and the
// egress mode: [Client.Server] has them.
type ServerSummary struct {
	ID           string         `json:"id"`
	Path         string         `json:"path"`         // as stored, with its trailing slash if it has one
	Name         string         `json:"display_name"` // what [Server] calls server_name
	Description  string         `json:"description"`
	ProxyPassURL string         `json:"proxy_pass_url"` // not shown to callers who are no admin
	MCPEndpoint  string         `json:"mcp_endpoint"`   // likewise
	Tags         []string       `json:"tags"`
	License      string         `json:"license"`
	NumTools     int            `json:"num_tools"`
	Tools        []Tool         `json:"tool_list"` // only with [ListOptions.IncludeTools]
	Metadata     map[string]any `json:"metadata"`

	Enabled       bool          `json:"is_enabled"`
	HealthStatus  string        `json:"health_status"` // "healthy" when the gateway serves it
	LastCheckedAt Timestamp     `json:"last_checked_iso"`
	AuthScheme    string        `json:"auth_scheme"`
	Visibility    string        `json:"visibility"`
	Status        string        `json:"status"`
	Version       string        `json:"version"`
	Deployment    string        `json:"deployment"` // remote or local
	LocalRuntime  *LocalRuntime `json:"local_runtime"`
	SyncMetadata  *SyncMetadata `json:"sync_metadata"`

	RegisteredBy string    `json:"registered_by"`
	RegisteredAt Timestamp `json:"registered_at"`
	UpdatedAt    Timestamp `json:"updated_at"`
}

// ListOptions says what [Client.Servers] reads. The zero value suits most callers.
type ListOptions struct {
	// IncludeTools asks for the tools of each server, which are most of the list's bytes.
	IncludeTools bool
	// PageSize is how many servers one request asks for, from 1 to 2000; 0 is 200.
	PageSize int
}

const (
	defaultPageSize = 200
	maxPageSize     = 2000
)

// Servers lists the servers that the caller may see, in the registry's order, each once. It
// reads a page when the loop gets there. An error ends the sequence; the loop may have had
// servers before it.
//
// A caller who is no admin sees the servers that the list_service permission of his scopes
// names. Access through the gateway is another matter, so a server may be missing here and work.
func (c *Client) Servers(ctx context.Context, options ListOptions) iter.Seq2[ServerSummary, error] {
	return func(yield func(ServerSummary, error) bool) {
		seen := map[string]bool{} // a server registered meanwhile moves others to the next page
		for offset := 0; ; {
			page, err := c.serverPage(ctx, options, offset)
			if err != nil {
				yield(ServerSummary{}, err)
				return
			}
			for _, server := range page.Servers {
				if !seen[server.Path] && !yield(server, nil) {
					return
				}
				seen[server.Path] = true
			}
			if !page.HasNext {
				return
			}
			offset += len(page.Servers)
		}
	}
}

type serverPage struct {
	Servers []ServerSummary `json:"servers"`
	HasNext bool            `json:"has_next"`
}

func (c *Client) serverPage(ctx context.Context, options ListOptions, offset int) (serverPage, error) {
	size := options.PageSize
	if size == 0 {
		size = defaultPageSize
	}
	if size < 1 || size > maxPageSize {
		return serverPage{}, fmt.Errorf("page size %d is not between 1 and %d", size, maxPageSize)
	}
	query := url.Values{
		"limit":         {strconv.Itoa(size)},
		"offset":        {strconv.Itoa(offset)},
		"include_tools": {strconv.FormatBool(options.IncludeTools)},
	}
	var page serverPage
	if err := c.readAPI(ctx, apiServer, query, &page); err != nil {
		return serverPage{}, err
	}
	if page.Servers == nil {
		return serverPage{}, fmt.Errorf("%w: its answer has no list of servers", ErrNotRegistry)
	}
	if page.HasNext && len(page.Servers) == 0 {
		return serverPage{}, fmt.Errorf("the list of servers announces more after %d, but the next page is empty", offset)
	}
	return page, nil
}
