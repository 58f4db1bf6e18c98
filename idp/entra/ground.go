package entra

import (
	"fmt"
)

// checkGround refuses a change whose ground was left out, as --only can.
func (r *run) checkGround(s step) error {
	lacks := func(what string) error {
		return usage(fmt.Sprintf("it needs %s, which does not exist yet", what), "leave --only out, or make that first")
	}
	gateway, op := r.have.gateway, s.op
	switch {
	case op.verb == createApp:
	case gateway.app == nil && (op.target == theGateway || op.verb == preAuthorize || op.verb == grantConsent):
		return lacks("the gateway's application")
	case gateway.principal == nil && (op.verb == grantConsent || op.verb == assignGroup):
		return lacks("the service principal of the gateway's application")
	case op.target == theGateway:
	case r.have.clients[op.target].app == nil:
		return lacks("client " + r.wanted.clients[op.target].name)
	case op.verb == grantConsent && r.have.clients[op.target].principal == nil:
		return lacks("the client's service principal")
	case op.verb == grantConsent || op.verb == preAuthorize:
		if scope, exposed := gateway.app.permission(); !exposed || !scope.enabled {
			return lacks("the scope " + scopeValue + " of the gateway's application")
		}
	}
	return nil
}
