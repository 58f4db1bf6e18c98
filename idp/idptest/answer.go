package idptest

import (
	"encoding/json"
	"io"
	"net/http"
)

// maxBody bounds what is read of a request, in bytes.
const maxBody = 1 << 20

// WriteJSON answers with one JSON value.
func WriteJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// Body reads the body of a request, a megabyte at most.
func Body(request *http.Request) []byte {
	text, _ := io.ReadAll(io.LimitReader(request.Body, maxBody))
	return text
}
