package entratest

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// call is one request to Microsoft Graph by a caller who may make it.
type call struct {
	*http.Request

	by   *caller
	base string // URL of the port it came to
	sent fields // the body; nil when there is none
}

// answer is what a request earns.
type answer struct {
	status   int
	body     any // nil for none
	location string
}

// operation carries out a request.
type operation func(*call) (answer, *failure)

func (e *Entra) graphRoutes(mux *http.ServeMux) {
	for _, r := range e.operations() {
		mux.HandleFunc(r.pattern, e.graph(r.permissions, r.do))
	}
	mux.HandleFunc("/v1.0/", e.graph(nil, func(c *call) (answer, *failure) {
		first, _, _ := strings.Cut(strings.TrimPrefix(c.URL.Path, "/v1.0/"), "/")
		return answer{}, refuse("BadRequest", "Resource not found for the segment '"+first+"'.")
	}))
}

// graph answers a request if its caller holds one of the permissions; an empty list admits every
// caller.
func (e *Entra) graph(permissions []string, do operation) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("request-id", newID())
		e.directory.asked++
		by, refused := e.callerOf(request)
		if refused != nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="`+graphAppID+`"`)
			refused.write(w, request)
			return
		}
		fault, spoiled := e.fault(request)
		if spoiled && !fault.Lost {
			fault.spoil(w, request)
			return
		}
		if e.holds(CallersNeedPermissions) && len(permissions) > 0 && !by.may(permissions...) {
			denied().write(w, request)
			return
		}
		c := &call{Request: request, by: by, base: base(request)}
		var got answer
		if refused = c.read(); refused == nil {
			got, refused = do(c)
		}
		if spoiled {
			panic(http.ErrAbortHandler)
		}
		if refused != nil {
			refused.write(w, request)
			return
		}
		got.write(w)
	}
}

func (a answer) write(w http.ResponseWriter) {
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("OData-Version", "4.0")
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}

// base is the URL of the port that a request came to.
func base(request *http.Request) string {
	if request.TLS != nil {
		return "https://" + request.Host
	}
	return "http://" + request.Host
}

// callerOf finds who sent a request.
func (e *Entra) callerOf(request *http.Request) (*caller, *failure) {
	token, found := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	held, known := e.callers.tokens[token]
	wrong := func(message string) (*caller, *failure) {
		return nil, &failure{status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: message}
	}
	switch {
	case !e.holds(CallersAreAuthenticated) && !known:
		return &caller{permissions: everything()}, nil
	case !found || token == "":
		return wrong("Access token is empty.")
	case !known:
		return wrong("IDX14100: JWT is not well formed, there are no dots (.).")
	case time.Now().After(held.expires):
		return wrong("Lifetime validation failed, the token is expired.")
	}
	return held.caller, nil
}

// read reads the body, which Microsoft's SDK compresses.
func (c *call) read() *failure {
	if c.Method != http.MethodPost && c.Method != http.MethodPatch {
		return nil
	}
	text := idptest.Body(c.Request)
	if c.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if text, err = unzip(text); err != nil {
			return refuse("BadRequest", "Unable to read the compressed request payload.")
		}
	}
	if len(text) == 0 {
		return nil
	}
	if !strings.HasPrefix(c.Header.Get("Content-Type"), "application/json") {
		return refuse("BadRequest", "Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	}
	if err := json.Unmarshal(text, &c.sent); err != nil {
		return refuse("BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	return nil
}

// maxUnzipped bounds a compressed body, in bytes.
const maxUnzipped = 8 << 20

func unzip(text []byte) ([]byte, error) {
	reader, err := gzip.NewReader(strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(reader, maxUnzipped))
}

// context is the address of a type in the metadata document.
func (c *call) context(of string) string { return c.base + "/v1.0/$metadata#" + of }

func ok(body any) (answer, *failure) { return answer{status: http.StatusOK, body: body}, nil }

func nothing() (answer, *failure) { return answer{status: http.StatusNoContent}, nil }

func (c *call) created(set string, made fields) (answer, *failure) {
	made["@odata.context"] = c.context(set + "/$entity")
	return answer{status: http.StatusCreated, body: made, location: c.base + "/v1.0/" + set + "/" + textOf(made, "id")}, nil
}
