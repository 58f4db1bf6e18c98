package registrytest

import (
	"bytes"
	"encoding/json"
)

// filterTools takes tools out of a JSON answer or out of the events of a stream.
func filterTools(text []byte, keep func(string) bool) []byte {
	if filtered, ok := filterMessage(bytes.TrimSpace(text), keep); ok {
		return filtered
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for i, line := range lines {
		data, is := bytes.CutPrefix(line, []byte("data:"))
		if !is {
			continue
		}
		if filtered, ok := filterMessage(bytes.TrimSpace(data), keep); ok {
			lines[i] = append(append([]byte("data: "), filtered...), '\n')
		}
	}
	return bytes.Join(lines, nil)
}

func filterMessage(text []byte, keep func(string) bool) ([]byte, bool) {
	var message map[string]json.RawMessage
	var result map[string]json.RawMessage
	var tools []json.RawMessage
	if json.Unmarshal(text, &message) != nil || json.Unmarshal(message["result"], &result) != nil || json.Unmarshal(result["tools"], &tools) != nil {
		return nil, false
	}
	kept := []json.RawMessage{}
	for _, raw := range tools {
		var tool struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(raw, &tool) == nil && keep(tool.Name) {
			kept = append(kept, raw)
		}
	}
	// What was just decoded encodes again.
	result["tools"], _ = json.Marshal(kept)
	message["result"], _ = json.Marshal(result)
	filtered, err := json.Marshal(message)
	return filtered, err == nil
}
