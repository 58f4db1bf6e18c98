package registrytest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

// patchable are the fields of a document that a PATCH may name; the overrides are also checked for
// their type.
func (now *snapshot) patchable() []string {
	fields := strings.Fields(`server_name description proxy_pass_url mcp_endpoint sse_endpoint transport supported_transports headers
		auth_provider tags license num_tools tool_list metadata visibility allowed_groups status
		provider source_created_at source_updated_at external_tags`)
	if now.holds(OverridesKnown) {
		fields = append(fields, "oauth_client_id", "append_mcp_path")
	}
	return fields
}

// servePatch merges fields into a server's document. The body is checked before the server is
// looked up, and the server before the caller.
func (r *Registry) servePatch(w http.ResponseWriter, req *http.Request, now *snapshot, who *identity, path string) {
	patch, problem := now.readPatch(req)
	if problem != nil {
		invalid(w, problem)
		return
	}
	e := now.entry("/" + strings.Trim(path, "/"))
	switch {
	case e == nil:
		detail(w, http.StatusNotFound, fmt.Sprintf("Server not found at path '/%s'", pathName(path)))
		return
	case e.federated():
		detail(w, http.StatusForbidden, "Federated servers are read-only")
		return
	case !who.mayChange(e.Name):
		detail(w, http.StatusForbidden, "You do not have permission to modify server "+e.Name)
		return
	case !who.isAdmin() && e.RegisteredBy != who.name:
		detail(w, http.StatusForbidden, "You can only patch servers you registered")
		return
	}
	if status, text := e.ifMatch(req.Header.Get("If-Match")); status != 0 {
		detail(w, status, text)
		return
	}
	switch {
	case len(patch) == 0:
		detail(w, http.StatusBadRequest, "Empty patch body")
	case strings.HasSuffix(e.Path, "/") && now.holds(SlashedPathsStay):
		detail(w, http.StatusInternalServerError, "Failed to save server")
	case urlFault(patch["proxy_pass_url"]) != "":
		detail(w, http.StatusBadRequest, urlFault(patch["proxy_pass_url"]))
	case !r.store(now, e, patch, req.Header.Get("If-Match")):
		detail(w, http.StatusPreconditionFailed, "If-Match does not match current server version")
	default:
		stored := r.current().entry(e.Path)
		w.Header().Set("ETag", stored.tag())
		answer(w, http.StatusOK, r.current().shown(stored, now.operator())) // whoever may change it sees all of it
	}
}

// readPatch reads a patch, or says what is wrong with it as FastAPI does.
func (now *snapshot) readPatch(req *http.Request) (map[string]any, document) {
	text, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	if err != nil || len(text) == 0 {
		return nil, document{"type": "missing", "loc": []string{"body"}, "msg": "Field required", "input": nil}
	}
	var body any
	if !strings.HasPrefix(req.Header.Get("Content-Type"), "application/json") || json.Unmarshal(text, &body) != nil {
		body = string(text)
	}
	patch, ok := body.(map[string]any)
	if !ok {
		return nil, document{"type": "model_attributes_type", "loc": []string{"body"}, "msg": "Input should be a valid dictionary or object to extract fields from", "input": body}
	}
	for name, value := range patch {
		at := []string{"body", name}
		if !slices.Contains(now.patchable(), name) {
			return nil, document{"type": "extra_forbidden", "loc": at, "msg": "Extra inputs are not permitted", "input": value}
		}
		switch name {
		case "oauth_client_id":
			if _, ok := value.(string); !ok && value != nil {
				return nil, document{"type": "string_type", "loc": at, "msg": "Input should be a valid string", "input": value}
			}
		case "append_mcp_path":
			truth, ok := laxBool(value)
			if !ok {
				return nil, document{"type": "bool_parsing", "loc": at, "msg": "Input should be a valid boolean, unable to interpret input", "input": value}
			}
			patch[name] = truth
		}
	}
	return patch, nil
}

// laxBool reads a boolean as pydantic does where it is not strict; null stays null.
func laxBool(value any) (any, bool) {
	switch v := value.(type) {
	case nil, bool:
		return v, true
	case float64:
		return v == 1, v == 0 || v == 1
	case string:
		switch strings.ToLower(v) {
		case "true", "1", "yes", "on", "y", "t":
			return true, true
		case "false", "0", "no", "off", "n", "f":
			return false, true
		}
	}
	return nil, false
}

// mayChange tells whether the permission modify_service names the server by its display name.
func (who *identity) mayChange(name string) bool {
	granted := who.permissions()["modify_service"]
	return who.isAdmin() || slices.Contains(granted, name) || slices.Contains(granted, "all")
}

// federated tells a server of another registry, which nobody may change here. The status is from the
// gateway's source; the words were not seen.
func (e *entry) federated() bool {
	sync, _ := e.stored["sync_metadata"].(map[string]any)
	return sync["is_federated"] == true || sync["is_read_only"] == true
}

// tag is the weak entity tag of the stored document: its time in milliseconds.
func (e *entry) tag() string {
	at, err := time.Parse(storedTime, fmt.Sprint(e.stored["updated_at"]))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(`W/"%d"`, at.UnixMilli())
}

// ifMatch checks a precondition, and returns the status and text of the refusal, if it is one.
func (e *entry) ifMatch(header string) (int, string) {
	weak, isWeak := strings.CutPrefix(header, "W/")
	quoted := strings.HasPrefix(weak, `"`) && strings.HasSuffix(weak, `"`) && len(weak) > 1
	switch {
	case header == "":
		return 0, ""
	case !isWeak && quoted:
		return http.StatusBadRequest, `Strong ETag not supported; use weak form W/"<epoch_ms>"`
	case !isWeak || !quoted:
		return http.StatusBadRequest, "Malformed If-Match header"
	case header != e.tag():
		return http.StatusPreconditionFailed, "If-Match does not match current server version"
	}
	return 0, ""
}

// store merges a patch into the document of a server. A field that was patched stays in the document
// from then on, null where it was cleared. It tells whether the precondition still held.
func (r *Registry) store(now *snapshot, e *entry, patch map[string]any, ifMatch string) bool {
	kept := true
	r.Configure(func(c *Config) {
		latest := r.state.entry(e.Path)
		if latest == nil || !now.holds(WholeDocumentsWritten) && ifMatch != "" && ifMatch != latest.tag() {
			kept = false
			return
		}
		c.Servers = slices.Clone(c.Servers)
		for i := range c.Servers {
			s := &c.Servers[i]
			if s.Path != e.Path {
				continue
			}
			stored := document{}
			maps.Copy(stored, s.Stored)
			if now.holds(WholeDocumentsWritten) {
				for _, field := range now.patchable() {
					stale, was := e.stored[field]
					switch fresh, is := latest.stored[field]; {
					case is && !was:
						delete(stored, field)
					case was && !reflect.DeepEqual(stale, fresh):
						stored[field] = stale
					}
				}
			}
			maps.Copy(stored, patch)
			stored["updated_at"] = after(latest.stored["updated_at"]).Format(storedTime)
			s.Stored = stored
		}
	})
	return kept
}

func (r *Registry) current() *snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// after is the time of a write: now, and at least a millisecond after the one before, so that no two
// entity tags are alike.
func after(before any) time.Time {
	now := time.Now().UTC()
	if last, err := time.Parse(storedTime, fmt.Sprint(before)); err == nil && now.Before(last.Add(time.Millisecond)) {
		return last.Add(time.Millisecond)
	}
	return now
}
