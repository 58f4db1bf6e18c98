package entratest

import (
	"net/http"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// failure is an error answer of Microsoft Graph.
type failure struct {
	status        int
	code, message string
	detail        string // code of the one entry of details; none when empty
	target        string // the property that the entry is about
}

// refuse is a bad request with a code of its own, as Graph lifts it out of the details.
func refuse(code, message string) *failure {
	return &failure{status: http.StatusBadRequest, code: code, message: message}
}

// badRequest is a bad request of the directory.
func badRequest(message string) *failure { return refuse("Request_BadRequest", message) }

func (f *failure) about(code, target string) *failure {
	f.detail, f.target = code, target
	return f
}

func invalid(property, resource string) *failure {
	return badRequest("Invalid value specified for property '"+property+"' of resource '"+resource+"'.").about("InvalidValue", property)
}

func notFound(id string) *failure {
	return &failure{status: http.StatusNotFound, code: "Request_ResourceNotFound", message: "Resource '" + id + "' does not exist or one of its queried reference-property objects are not present."}
}

func denied() *failure {
	return &failure{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."}
}

func taken(property string) *failure {
	return badRequest("Another object with the same value for property "+property+" already exists.").about("ObjectConflict", property)
}

// write answers with the error, which carries the ids that Microsoft's support asks for.
func (f *failure) write(w http.ResponseWriter, request *http.Request) {
	client := request.Header.Get("client-request-id")
	if client == "" {
		client = newID()
	}
	told := fields{"code": f.code, "message": f.message}
	if f.detail != "" {
		told["details"] = []any{fields{"code": f.detail, "message": f.message, "target": f.target}}
	}
	told["innerError"] = fields{"date": strings.TrimSuffix(now(), "Z"), "request-id": newID(), "client-request-id": client}
	idptest.WriteJSON(w, f.status, fields{"error": told})
}
