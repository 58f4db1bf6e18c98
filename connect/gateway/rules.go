package gateway

import (
	"regexp"
	"slices"
	"strings"
)

// keycloakAudience is the audience that every gateway accepts, whatever its own client is called.
const keycloakAudience = "mcp-gateway"

func judgeKeycloakAudience(c Claims, a Acceptance) Verdict {
	const check = "audience"
	switch {
	case overlaps(c.Audience, keycloakAudience, a.ClientID, a.M2MClientID),
		!a.Release.Has(StrictAudience) && overlaps(c.Audience, "account"):
		return accept(check, "%s", quoted(c.Audience))
	case len(c.Audience) == 0:
		return refuse(check, 401, "KC06", "the token has no audience; the gateway wants %q", keycloakAudience)
	case !slices.ContainsFunc(c.Audience, func(aud string) bool { return aud != "account" }):
		return refuse(check, 401, "KC07", `the audience is only "account"; the gateway wants %q`, keycloakAudience)
	case a.ClientID == "":
		return doubt(check, "KC06", "audience %s; the gateway wants %q or the id of its own client, which is not known here", quoted(c.Audience), keycloakAudience)
	}
	return refuse(check, 401, "KC06", "audience %s; the gateway wants %q", quoted(c.Audience), keycloakAudience)
}

func judgeKeycloakGroups(c Claims) Verdict {
	v := judgeGroups(c, "KC08")
	if v.Outcome == Accepted && !slices.ContainsFunc(c.Groups, func(g string) bool { return !strings.HasPrefix(g, "/") }) {
		return Verdict{
			Check: "groups", Outcome: Uncertain, Status: 403, Failure: "KC09",
			Text: quoted(c.Groups) + ": full paths, which only match mappings that start with a slash too",
		}
	}
	return v
}

func judgeOktaAudience(c Claims, a Acceptance) Verdict {
	const check = "audience"
	switch {
	case overlaps(c.Audience, a.ClientID, a.M2MClientID), overlaps(c.Audience, a.AllowedAudiences...):
		return accept(check, "%s", quoted(c.Audience))
	case !a.Release.Has(OktaAudience) && c.ClientID != "":
		return accept(check, "%s; not checked before %s", quoted(c.Audience), Since(OktaAudience))
	case len(c.Audience) == 0:
		return refuse(check, 401, "OK08", "the token has no audience")
	case a.ClientID == "" || a.AllowedAudiences == nil:
		return doubt(check, "OK08", "audience %s; OKTA_M2M_ALLOWED_AUDIENCES must contain it, which cannot be seen from here", quoted(c.Audience))
	}
	return refuse(check, 401, "OK08", "audience %s; OKTA_M2M_ALLOWED_AUDIENCES holds %s", quoted(c.Audience), quoted(a.AllowedAudiences))
}

// judgeCognitoClient checks client_id, because access tokens of Cognito have no audience. An ID
// token must be one for the gateway's own client.
func judgeCognitoClient(c Claims, a Acceptance) Verdict {
	const check = "client"
	if c.TokenUse != "access" {
		switch {
		case overlaps(c.Audience, a.ClientID):
			return accept(check, "an ID token for the gateway's own client")
		case a.ClientID == "":
			return doubt(check, "CG05", "an ID token; only one for the gateway's own client is accepted")
		}
		return refuse(check, 401, "CG05", "an ID token, which is not for the gateway's own client; send the access token")
	}
	known := append([]string{a.ClientID, a.IDEClientID}, a.M2MClientIDs...)
	switch {
	case c.ClientID != "*" && overlaps(known, c.ClientID):
		return accept(check, "%q", c.ClientID)
	case c.Username == "" && slices.Contains(a.M2MClientIDs, "*"):
		return accept(check, "%q, a machine; COGNITO_M2M_CLIENT_IDS admits all of them", c.ClientID)
	case c.ClientID == "":
		return refuse(check, 401, "CG05", "the token names no client")
	case a.ClientID == "" || a.M2MClientIDs == nil:
		return doubt(check, "CG05", "client %q; the gateway must list it, which cannot be seen from here", c.ClientID)
	}
	return refuse(check, 401, "CG05", "client %q; the gateway knows %s", c.ClientID, quoted(slices.DeleteFunc(known, func(id string) bool { return id == "" })))
}

func judgeEntraType(c Claims) Verdict {
	const check = "token type"
	if c.Nonce != "" {
		return refuse(check, 401, "EN14", "an ID token (it has a nonce), not an access token")
	}
	return accept(check, "access token")
}

func judgeEntraAudience(c Claims, a Acceptance) Verdict {
	const check = "audience"
	wanted := []string{a.ClientID, a.ApplicationIDURI}
	if a.ClientID != "" {
		wanted = append(wanted, "api://"+a.ClientID)
	}
	if a.Release.Has(EntraServers) && a.ServerURL != "" {
		server := strings.TrimSuffix(strings.TrimRight(a.ServerURL, "/"), "/mcp")
		wanted = append(wanted, server, server+"/mcp")
	}
	switch {
	case overlaps(c.Audience, wanted...):
		return accept(check, "%s", quoted(c.Audience))
	case len(c.Audience) == 0:
		return refuse(check, 401, "EN13", "the token has no audience")
	case a.ClientID == "" && mayBeApplication(c.Audience):
		return doubt(check, "EN13", "audience %s; accepted if it is the gateway's own application, which is not known here", quoted(c.Audience))
	}
	return refuse(check, 401, "EN13", "audience %s is neither this server nor the gateway's application", quoted(c.Audience))
}

// graph is the application id of Microsoft Graph, the usual wrong audience.
const graph = "00000003-0000-0000-c000-000000000000"

var applicationID = regexp.MustCompile(`^(api://.+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`)

// mayBeApplication reports whether an audience could be the application of a gateway.
func mayBeApplication(audience []string) bool {
	return slices.ContainsFunc(audience, func(aud string) bool { return aud != graph && applicationID.MatchString(aud) })
}

func judgeEntraGroups(c Claims) Verdict {
	if len(c.Groups) == 0 && c.Overage {
		return refuse("groups", 403, "EN16", "too many groups: the token only points at them")
	}
	return judgeGroups(c, "EN15")
}
