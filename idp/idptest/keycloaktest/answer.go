package keycloaktest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// writeRepresentation answers 200 of the admin API, with one representation or a list.
func writeRepresentation(w http.ResponseWriter, value any) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(value)
}

// fail answers with an error: its text in the member that is named, and a description if given.
func fail(w http.ResponseWriter, status int, member, text string, description ...string) {
	body := map[string]string{member: text}
	for _, d := range description {
		body["error_description"] = d
	}
	idptest.WriteJSON(w, status, body)
}

func forbidden(w http.ResponseWriter) {
	fail(w, http.StatusForbidden, "error", "HTTP 403 Forbidden")
}

// columnOf tells where the value of an unknown field ends, as the server's parser does.
func columnOf(text []byte, field string) string {
	name := []byte(strconv.Quote(field))
	start := bytes.Index(text, name)
	if start < 0 {
		return "1"
	}
	end := start + len(name)
	if i := bytes.IndexAny(text[end:], ",}"); i >= 0 {
		end += i
	}
	return strconv.Itoa(end + 1)
}
