package registrytest

import (
	"encoding/json"
	"net/http"
)

// answer writes JSON, as the application behind nginx does.
func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"detail":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// detail writes an error of the application.
func detail(w http.ResponseWriter, status int, text string) {
	answer(w, status, map[string]string{"detail": text})
}

// invalid writes what a parameter does not satisfy.
func invalid(w http.ResponseWriter, problem document) {
	answer(w, http.StatusUnprocessableEntity, map[string]any{"detail": []any{problem}})
}
