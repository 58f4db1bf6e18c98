package oktatest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// answer is one of the management API.
type answer struct {
	status int
	body   any    // JSON unless nil
	next   string // address of the next page
	self   string // address of this page
	header http.Header
}

func ok(body any) answer      { return answer{status: http.StatusOK, body: body} }
func created(body any) answer { return answer{status: http.StatusCreated, body: body} }
func nothing() answer         { return answer{status: http.StatusNoContent} }

func (a answer) write(w http.ResponseWriter) {
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	for _, link := range []struct{ relation, address string }{{"self", a.self}, {"next", a.next}} {
		if link.address != "" {
			header.Add("Link", "<"+link.address+`>; rel="`+link.relation+`"`)
		}
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	header.Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}

// apiError is Okta's body of an error.
type apiError struct {
	Code    string  `json:"errorCode"`
	Summary string  `json:"errorSummary"`
	Link    string  `json:"errorLink"`
	ID      string  `json:"errorId"`
	Causes  []cause `json:"errorCauses"`
}

type cause struct {
	Summary string `json:"errorSummary"`
}

// fail answers with an error of Okta's list.
func fail(status int, code, summary string, causes ...string) answer {
	e := apiError{Code: code, Summary: summary, Link: code, ID: newID("oae"), Causes: []cause{}}
	for _, c := range causes {
		e.Causes = append(e.Causes, cause{c})
	}
	return answer{status: status, body: e}
}

// invalid answers that a field is wrong, E0000001.
func invalid(field, why string) answer {
	return fail(http.StatusBadRequest, "E0000001", "Api validation failed: "+field, field+": "+why)
}

// blank is why a field is wrong that must have a value.
const blank = "The field cannot be left blank"

// missing answers that there is no object of that id, E0000007.
func missing(id, kind string) answer {
	return fail(http.StatusNotFound, "E0000007", "Not found: Resource not found: "+id+" ("+kind+")")
}

func forbidden() answer {
	return fail(http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action")
}

// read decodes the body of a request; the answer counts when the body is no JSON object.
func read(request *http.Request) (document, answer, bool) {
	if !strings.HasPrefix(request.Header.Get("Content-Type"), "application/json") {
		return nil, fail(http.StatusUnsupportedMediaType, "E0000021", "Bad request.  Accept and/or Content-Type headers likely do not match supported values."), false
	}
	body, err := decode(idptest.Body(request))
	if err != nil {
		return nil, fail(http.StatusBadRequest, "E0000003", "The request body was not well-formed."), false
	}
	return body, answer{}, true
}
