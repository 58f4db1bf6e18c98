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

// ETag is the weak entity tag of the document as it was read, in the form that the registry takes in
// If-Match; empty when the document has no time. A reading does not carry it, so it is made from the
// time of the last write, in whole milliseconds.
func (s Server) ETag() string {
	at := s.UpdatedAt
	if at.IsZero() {
		at = s.RegisteredAt
	}
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf(`W/"%d"`, at.UnixMilli())
}

// PatchServer changes one server and returns its document as stored. ifMatch is the [Server.ETag] of
// the document that the patch was made for, or empty: a document that was written since is
// [ErrPreconditionFailed] and stays as it is. The registry checks it before it writes, not while, so
// it is no lock. It is sent once: a change that
// got no answer may have been made, so look before trying again.
//
// [ErrNotFound] reports that there is no such server, [ErrForbidden] that the caller may not change
// it, because he did not register it or because it belongs to another registry. An empty patch is
// refused without a request.
func (c *Client) PatchServer(ctx context.Context, path string, patch ServerPatch, ifMatch string) (*Server, error) {
	if patch.IsZero() {
		return nil, errors.New("the patch changes nothing")
	}
	escaped, err := escapeServerPath(path)
	if err != nil {
		return nil, err
	}
	var server Server
	err = c.writeAPI(ctx, http.MethodPatch, apiServer+escaped, ifMatch, patch, &server)
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
