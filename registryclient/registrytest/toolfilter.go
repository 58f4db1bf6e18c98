package registrytest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// toolsWriter holds back the answer to tools/list until its tools are filtered.
type toolsWriter struct {
	to      http.ResponseWriter
	visible func(tool string) bool
	status  int
	body    bytes.Buffer
}

func (w *toolsWriter) Header() http.Header { return w.to.Header() }

func (w *toolsWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *toolsWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush does nothing: the answer goes out as a whole.
func (w *toolsWriter) Flush() {}

// finish filters and sends the answer, JSON or a stream of events.
func (w *toolsWriter) finish() {
	w.WriteHeader(http.StatusOK)
	body := w.body.Bytes()
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
		body = filterEvents(body, w.visible)
	} else {
		body = filterTools(body, w.visible)
	}
	w.Header().Del("Content-Length")
	w.to.WriteHeader(w.status)
	_, _ = w.to.Write(body)
}

// filterTools leaves out tools of a JSON-RPC result. What is not such a result stays as it is.
func filterTools(text []byte, visible func(string) bool) []byte {
	var answer, result map[string]json.RawMessage
	var tools []json.RawMessage
	if json.Unmarshal(text, &answer) != nil || json.Unmarshal(answer["result"], &result) != nil ||
		json.Unmarshal(result["tools"], &tools) != nil {
		return text
	}
	kept := []json.RawMessage{}
	for _, tool := range tools {
		var t struct{ Name string }
		if json.Unmarshal(tool, &t) == nil && visible(t.Name) {
			kept = append(kept, tool)
		}
	}
	if len(kept) == len(tools) {
		return text
	}
	result["tools"], _ = json.Marshal(kept) // of valid JSON, cannot fail; so below
	answer["result"], _ = json.Marshal(result)
	filtered, _ := json.Marshal(answer)
	return filtered
}

// filterEvents filters the data of each event of a stream. The lines of an event's data become one.
func filterEvents(stream []byte, visible func(string) bool) []byte {
	text := strings.ReplaceAll(string(stream), "\r\n", "\n")
	events := strings.Split(text, "\n\n")
	for i, event := range events {
		var other, data []string
		for line := range strings.SplitSeq(event, "\n") {
			if value, ok := strings.CutPrefix(line, "data:"); ok {
				data = append(data, strings.TrimPrefix(value, " "))
			} else {
				other = append(other, line)
			}
		}
		joined := []byte(strings.Join(data, "\n"))
		if filtered := filterTools(joined, visible); !bytes.Equal(filtered, joined) {
			events[i] = strings.Join(append(other, "data: "+string(filtered)), "\n")
		}
	}
	return []byte(strings.Join(events, "\n\n"))
}
