package okta

import (
	"net/url"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// gateway notes what the gateway must be told. It goes without saying where nothing is to be done.
func (d *difference) gateway(w *wanted, have *observed) {
	if issuer := have.server.text("issuer"); issuer != "" && host(issuer) != host(w.orgURL) {
		d.notes = append(d.notes, plan.Note{
			Failure: "OK09", Owner: gatewayOperator,
			Text: "tokens name the issuer " + issuer + ": the gateway must have OKTA_DOMAIN=" + host(issuer) + ", or it refuses them",
		})
	}
	if len(d.steps) > 0 {
		d.notes = append(d.notes, gatewayNote(w.server, have.server))
	}
}

func gatewayNote(id string, server document) plan.Note {
	audience := "the authorization server's audience"
	if list := server.list("audiences"); len(list) > 0 {
		audience = list[0]
	}
	return plan.Note{
		Failure: "OK08", Owner: gatewayOperator,
		Text: "the gateway must have OKTA_AUTH_SERVER_ID=" + id + ", and since release 1.27.0 " + audience + " in OKTA_M2M_ALLOWED_AUDIENCES; neither can be read from outside",
	}
}

// host is the host of a URL, with its port.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
