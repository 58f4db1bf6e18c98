package entratest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/entratest/contract"
)

// Every answer of every row is held against Microsoft's declarations. Requests are not: many rows
// send what is refused.
func TestAnswersAreMicrosofts(t *testing.T) {
	t.Parallel()
	types := contract.Load(t)
	for _, r := range slices.Concat(graphRows(), applicationRows(), scopeRows(), identifierRows(), redirectRows(), principalRows()) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			b := start(t, r.config)
			b.client.Transport = &contract.Transport{Base: http.DefaultTransport, Types: types, Report: func(violation string) {
				if strings.HasPrefix(violation, "answer ") {
					t.Error(violation)
				}
			}}
			r.do(b)
		})
	}
}
