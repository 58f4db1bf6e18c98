package cognitotest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// object is a JSON object, its members named as the service model names them.
type object = map[string]any

// failure is an error answer of the admin API.
type failure struct {
	code, message string
	status        int
}

func fail(code, message string) *failure { return &failure{code, message, http.StatusBadRequest} }

func invalid(message string) *failure { return fail("InvalidParameterException", message) }

func notFound(message string) *failure { return fail("ResourceNotFoundException", message) }

// targetPrefix names the service in the header that names the operation (AWS JSON 1.1).
const targetPrefix = "AWSCognitoIdentityProviderService."

// serveAPI answers one call of the admin API.
func (c *Cognito) serveAPI(w http.ResponseWriter, request *http.Request) {
	body := idptest.Body(request)
	name, known := strings.CutPrefix(request.Header.Get("X-Amz-Target"), targetPrefix)
	c.calls = append(c.calls, name)
	operation, found := operations()[name]
	if refused := c.refused(name); refused != nil {
		writeFailure(w, refused)
		return
	}
	by, refused := c.authenticate(request, body)
	switch {
	case refused != nil:
	case !known || !found:
		refused = fail("UnknownOperationException", "")
	case c.holds(ActionsNeedRights) && !by.may(name):
		refused = c.denied(by, name)
	}
	if refused != nil {
		writeFailure(w, refused)
		return
	}
	c.perform(w, operation, body)
}

// perform reads the request's members, judges them by their bounds, and answers.
func (c *Cognito) perform(w http.ResponseWriter, operation operation, body []byte) {
	asked := object{}
	if err := json.Unmarshal(body, &asked); err != nil {
		writeFailure(w, fail("SerializationException", "Unexpected token received from parser"))
		return
	}
	if refused := wrongTypes(operation.members, asked); refused != nil {
		writeFailure(w, refused)
		return
	}
	if refused := outOfBounds(operation.members, asked); refused != nil && c.holds(MembersAreBounded) {
		writeFailure(w, refused)
		return
	}
	if id, named := asked["UserPoolId"]; named && id != c.config.PoolID {
		writeFailure(w, notFound("User pool "+text(id)+" does not exist."))
		return
	}
	answer, refused := operation.do(c, asked)
	if refused != nil {
		writeFailure(w, refused)
		return
	}
	write(w, http.StatusOK, answer)
}

func writeFailure(w http.ResponseWriter, f *failure) {
	w.Header().Set("X-Amzn-Errortype", f.code+":")
	answer := object{"__type": f.code}
	switch {
	case f.message == "":
	case f.code == "AccessDeniedException" || f.code == "SerializationException":
		answer["Message"] = f.message
	default:
		answer["message"] = f.message
	}
	write(w, f.status, answer)
}

// write answers with an object; nil is an empty body, as the service has it for operations
// without output.
func write(w http.ResponseWriter, status int, answer object) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Requestid", newUUID())
	w.WriteHeader(status)
	if answer != nil {
		_ = json.NewEncoder(w).Encode(answer)
	}
}
