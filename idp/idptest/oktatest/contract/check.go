package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// exchange is a request with its body, and its answer.
type exchange struct {
	request  *http.Request
	sent     []byte
	response *http.Response
	received []byte
}

// violations lists where an exchange breaks the contract, and returns the operation's id. What the
// document does not describe breaks nothing.
func (c *Contract) violations(e exchange) (operation string, found []string) {
	if !described(e.request.URL.Path) {
		return "", nil
	}
	request := e.request.Clone(context.WithoutCancel(e.request.Context()))
	request.Body = io.NopCloser(bytes.NewReader(e.sent))
	request.Host, request.URL.Host = "", ""
	route, parameters, err := c.router.FindRoute(request)
	if err != nil {
		return "", []string{"no such operation: " + err.Error()}
	}
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: options()}
	found = append(found, prefixed("request: ", flat(openapi3filter.ValidateRequest(request.Context(), input)))...)
	found = append(found, prefixed("request: unknown query parameter ", unknownParameters(request, route))...)
	if body := route.Operation.RequestBody; body != nil {
		found = append(found, prefixed("request: unknown property ", unknownIn(e.sent, body.Value.Content))...)
	}
	return route.Operation.OperationID, append(found, c.violationsOfAnswer(e, input)...)
}

func (c *Contract) violationsOfAnswer(e exchange, request *openapi3filter.RequestValidationInput) []string {
	status := e.response.StatusCode
	if status >= http.StatusBadRequest && len(e.received) == 0 {
		return nil // a challenge (RFC 6750 section 3) has no body
	}
	declared := request.Route.Operation.Responses.Status(status)
	if declared == nil && status >= http.StatusBadRequest {
		// Not each error is listed with each operation, and all have the same body.
		declared = request.Route.Operation.Responses.Status(http.StatusTooManyRequests)
		status = http.StatusTooManyRequests
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: status, Header: e.response.Header, Options: options(),
		Body: io.NopCloser(bytes.NewReader(e.received)),
	}
	found := prefixed("answer: ", flat(openapi3filter.ValidateResponse(context.Background(), input)))
	if declared != nil {
		found = append(found, prefixed("answer: unknown property ", unknownIn(e.received, declared.Value.Content))...)
	}
	return found
}

// unknownIn lists the properties of a JSON body that its schema does not declare.
func unknownIn(body []byte, content openapi3.Content) []string {
	media := content.Get("application/json")
	var value any
	if media == nil || media.Schema == nil || json.Unmarshal(body, &value) != nil {
		return nil
	}
	return unknown(value, "", media.Schema.Value)
}

func unknownParameters(request *http.Request, route *routers.Route) []string {
	var found []string
	for name := range request.URL.Query() {
		parameters := append(slices.Clone(route.PathItem.Parameters), route.Operation.Parameters...)
		if parameters.GetByInAndName("query", name) == nil {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// flat turns an error of the validator into one line for each thing that is wrong.
func flat(err error) []string {
	var many openapi3.MultiError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		var lines []string
		for _, one := range many {
			lines = append(lines, flat(one)...)
		}
		return lines
	}
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		return []string{strings.Join(schema.JSONPointer(), ".") + ": " + schema.Reason}
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return []string{line}
}

func prefixed(prefix string, lines []string) []string {
	for i := range lines {
		lines[i] = prefix + lines[i]
	}
	return lines
}
