package cmd

import (
	"fmt"
	"slices"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

// unlisted warns of client ids besides the advertised one: on Amazon Cognito the gateway accepts
// tokens of those app clients only that it is told of.
func (c *chosenServers) unlisted(s registered) []connect.Warning {
	id, own := s.doc.OwnClientID()
	if c.kind != idp.Cognito || !own || id == c.advertised() {
		return nil
	}
	return []connect.Warning{{
		Failure: "CG05",
		Text:    fmt.Sprintf("the gateway accepts tokens of app client %s only if IDE_OAUTH_CLIENT_ID or COGNITO_M2M_CLIENT_IDS names it, which cannot be seen from here", plain(id)),
		Fix:     "add the id to COGNITO_M2M_CLIENT_IDS and restart the gateway",
	}}
}

// advertised is the client id that servers have which set none of their own; empty when none of the
// chosen ones shows it.
func (c *chosenServers) advertised() string {
	if !slices.ContainsFunc(c.servers, func(s registered) bool { _, own := s.doc.OwnClientID(); return !own }) {
		return ""
	}
	id, _ := c.common.OAuthClientID.Value()
	return id
}
