package oktatest

import (
	"net/http"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// showOrg answers with the settings of the org.
func (o *Okta) showOrg(request *http.Request) answer {
	return ok(document{
		"id": o.org.id, "companyName": "Example", "status": "ACTIVE", "subdomain": "example", "created": o.org.created, "lastUpdated": o.org.created,
		"website": "https://www.example.com", "_links": document{"self": href(o.baseURL(request) + api + "/org")},
	})
}

// describeOrg answers anybody with the id and the addresses of the org.
func (o *Okta) describeOrg(w http.ResponseWriter, _ *http.Request) {
	links := document{"organization": href(o.URL())}
	if o.config.CustomDomain {
		links["alternate"] = href(o.CustomURL())
	}
	idptest.WriteJSON(w, http.StatusOK, document{
		"id": o.org.id, "pipeline": "idx", "_links": links,
		"settings": document{"analyticsCollectionEnabled": false, "bugReportingEnabled": true, "omEnabled": false},
	})
}
