package registryclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// ServerPatch changes fields of a server's document: an absent field stays as it is, null clears
// it, a value sets it. Both go in one request, because the registry loses fields of parallel ones.
type ServerPatch struct {
	OAuthClientID Field[string] `json:"oauth_client_id,omitzero"`
	AppendMCPPath Field[bool]   `json:"append_mcp_path,omitzero"`
}

// IsZero reports whether the patch changes nothing.
func (p ServerPatch) IsZero() bool { return p == ServerPatch{} }

// ErrTrailingSlash reports a server that cannot be changed over HTTP because its path is stored
// with a slash at its end: releases before 1.32 answer 500 (agentic-community/mcp-gateway-registry
// #1716).
var ErrTrailingSlash = errors.New("the registry cannot save a server that is stored with a slash at its end, before release 1.32")

// PatchServer changes one server and returns its document as stored. It is sent once: a change that
// got no answer may have been made, so look before trying again.
//
// [ErrNotFound] reports that there is no such server, [ErrForbidden] that the caller may not change
// it, because he did not register it or because it belongs to another registry. An empty patch is
// refused without a request.
func (c *Client) PatchServer(ctx context.Context, path string, patch ServerPatch) (*Server, error) {
	if patch.IsZero() {
		return nil, errors.New("the patch changes nothing")
	}
	escaped, err := escapeServerPath(path)
	if err != nil {
		return nil, err
	}
	var server Server
	err = c.writeAPI(ctx, http.MethodPatch, apiServer+escaped, patch, &server)
	var answer *Error
	if errors.As(err, &answer) && answer.Status == http.StatusInternalServerError && answer.Message == "Failed to save server" {
		return nil, c.slashed(ctx, path, err)
	}
	if err != nil {
		return nil, err
	}
	return &server, checkAnswered(path, server.Path)
}

// slashed finds out whether a change failed because of the stored path.
func (c *Client) slashed(ctx context.Context, path string, failed error) error {
	server, err := c.Server(ctx, path)
	if err != nil || server.Path == "" || server.Path[len(server.Path)-1] != '/' {
		return failed
	}
	return fmt.Errorf("%w: %w", ErrTrailingSlash, failed)
}
