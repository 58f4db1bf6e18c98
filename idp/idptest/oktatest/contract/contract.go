// Package contract holds requests and answers of Okta's management API against Okta's own OpenAPI
// document, as the Go module of its SDK brings it. It is for tests only.
package contract

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// The module that brings the document, of June 2024.
const (
	module  = "github.com/okta/okta-sdk-golang/v5"
	version = "v5.0.2"
	sum     = "h1:eecvycE/XDX56IWTsOVhqfj5txCgqryTXzKy7wKEq78="
)

// Contract is Okta's OpenAPI document, made strict: known values are the only ones, and what a
// schema does not declare is refused unless it says that more may come. Its own mistakes that
// matter here are mended, see amend.
type Contract struct{ router routers.Router }

// loaded keeps the document, which has 2.5 MB, for all tests of a process.
var loaded struct {
	sync.Mutex
	contract *Contract
}

// Load reads the document; the test is skipped when the module is neither in the cache nor may be
// fetched.
func Load(t testing.TB) *Contract {
	t.Helper()
	dir := realpart.GoModule(t, module, version, sum)
	loaded.Lock()
	defer loaded.Unlock()
	if loaded.contract == nil {
		c, err := read(filepath.Join(dir, "okta", "api", "openapi.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		loaded.contract = c
	}
	return loaded.contract
}

func read(path string) (*Contract, error) {
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading Okta's OpenAPI document: %w", err)
	}
	if err := amend(document); err != nil {
		return nil, err
	}
	enumerate(document)
	document.Servers = nil // the host is that of the stand-in
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		return nil, fmt.Errorf("routing by Okta's OpenAPI document: %w", err)
	}
	return &Contract{router}, nil
}

// described reports whether the document is about a path at all; it leaves the OAuth endpoints out.
func described(path string) bool {
	return strings.HasPrefix(path, "/api/") || path == "/.well-known/okta-organization"
}

// Scopes returns the OAuth scopes that the document demands for a request.
func (c *Contract) Scopes(request *http.Request) ([]string, error) {
	route, _, err := c.router.FindRoute(request)
	if err != nil {
		return nil, err
	}
	if route.Operation.Security == nil {
		return nil, errors.New("no security is declared")
	}
	var scopes []string
	for _, requirement := range *route.Operation.Security {
		scopes = append(scopes, requirement["oauth2"]...)
	}
	return scopes, nil
}

// options are the checks: credentials are none of them, and read-only fields may be sent, which
// OpenAPI 3.0 advises against and Okta ignores.
func options() *openapi3filter.Options {
	return &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeReadOnlyValidations: true,
		SkipSettingDefaults: true, RejectWhenRequestBodyNotSpecified: true, MultiError: true, IncludeResponseStatus: true,
	}
}
