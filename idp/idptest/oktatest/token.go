package oktatest

import (
	"net/http"
)

// orgToken is the token endpoint of the org authorization server.
func (o *Okta) orgToken(w http.ResponseWriter, request *http.Request) {
	_ = request.ParseForm() // what cannot be read is missing
	o.serviceToken(w, request, request.Form)
}

type refreshToken struct{}
