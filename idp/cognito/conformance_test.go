package cognito_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
	"github.com/mcpreg/mcpreg/idp/idptest/conformance"
)

// refusal is how AWS says that it cannot serve.
func refusal(response *http.Response) {
	name := map[int]string{http.StatusTooManyRequests: "TooManyRequestsException", http.StatusInternalServerError: "InternalErrorException"}[response.StatusCode]
	if name == "" {
		return
	}
	response.Header.Set("Content-Type", "application/x-amz-json-1.1")
	response.Body = io.NopCloser(strings.NewReader(`{"__type":"` + name + `","message":"not now"}`))
}

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(tb testing.TB) *conformance.World {
		tb.Helper()
		w := newWorld(tb, cognitotest.Config{})
		keys := w.Administrator()
		return &conformance.World{
			Open: func(client *http.Client) (idp.Provider, error) {
				c := w.config
				c.HTTP = client
				return cognito.New(c)
			},
			Spec:     spec(tb),
			Snapshot: func() any { return w.Snapshot() },
			Count:    func() int { return len(w.clientsNamed(clientName)) },
			Adoptable: func() func() any {
				w.AddClient(scriptClient())
				return func() any {
					c := w.clientsNamed(clientName)[0]
					var kept []any
					for _, member := range notOurs() {
						kept = append(kept, c[member])
					}
					return kept
				}
			},
			Twin: func() { w.AddClient(map[string]any{"ClientName": clientName}) },
			Disturb: func() {
				id, _ := w.clientsNamed(clientName)[0]["ClientId"].(string)
				w.overwrite(tb, id, func(c *types.UserPoolClientType) { c.CallbackURLs = append(c.CallbackURLs, "http://localhost:1/moved") })
			},
			Mine: func(r *idp.Registration) idp.Spec {
				s := spec(tb)
				s.Clients[0].ID = r.Clients[clientName]
				return s
			},
			Refuse:  refusal,
			Secrets: []string{keys.SecretAccessKey},
			// Design: one for each 60 clients and six; setup looks once more before it creates.
			Budget: conformance.Budget{Plan: 7, Setup: 10, InSync: 7},
		}
	})
}
