package assistants

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"
)

// codexServer is one server in the answer to mcpServerStatus/list.
type codexServer struct {
	Name       string
	AuthStatus string
	Tools      map[string]json.RawMessage
	ToolsError any
	said       string
}

// status translates the answer: without tools there was no connection.
func (s codexServer) status() Status {
	return Status{
		Connected: s.AuthStatus == "oAuth" && len(s.Tools) > 0,
		Tools:     slices.Sorted(maps.Keys(s.Tools)),
		Said:      s.said,
	}
}

// mcpServers asks the app server of Codex, as an editor does, to connect to all servers and to
// tell of them. It speaks JSON-RPC, one message a line.
func (c *Codex) mcpServers(t testing.TB) ([]codexServer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := c.command(ctx, false, "codex", "app-server", "-c", "analytics.enabled=false")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	answer, err := statusList(in, out)
	_ = endGroup(cmd) // it serves until it is ended
	cancel()
	_ = cmd.Wait()
	if err != nil {
		return nil, fmt.Errorf("codex app-server: %w: %s", err, complaints.Bytes())
	}
	return answer, nil
}

// statusList holds the conversation.
func statusList(in io.Writer, out io.Reader) ([]codexServer, error) {
	messages := json.NewDecoder(out)
	const hello = `{"id":1,"method":"initialize","params":{"clientInfo":{"name":"test","version":"1"}}}`
	if _, err := call(in, messages, hello, "1"); err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintln(in, `{"method":"initialized"}`); err != nil {
		return nil, err
	}
	result, err := call(in, messages, `{"id":2,"method":"mcpServerStatus/list","params":{}}`, "2")
	if err != nil {
		return nil, err
	}
	var list struct{ Data []json.RawMessage }
	if err := json.Unmarshal(result, &list); err != nil {
		return nil, err
	}
	servers := make([]codexServer, len(list.Data))
	for i, text := range list.Data {
		if err := json.Unmarshal(text, &servers[i]); err != nil {
			return nil, err
		}
		servers[i].said = string(text)
	}
	return servers, nil
}

// call sends a request and returns the result with its id; notifications in between are dropped.
func call(in io.Writer, messages *json.Decoder, request, id string) (json.RawMessage, error) {
	if _, err := fmt.Fprintln(in, request); err != nil {
		return nil, err
	}
	for {
		var message struct {
			ID, Result, Error json.RawMessage
			Method            string
		}
		if err := messages.Decode(&message); err != nil {
			return nil, err
		}
		if message.Method != "" || string(message.ID) != id {
			continue
		}
		if message.Error != nil {
			return nil, errors.New(string(message.Error))
		}
		return message.Result, nil
	}
}
