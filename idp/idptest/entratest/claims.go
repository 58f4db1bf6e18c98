package entratest

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// session is what tokens are made of.
type session struct {
	base   string // URL of the port that was asked
	client fields
	target *target
	person *user
	nonce  string
}

// maxGroups is how many groups a token carries
// (https://learn.microsoft.com/security/zero-trust/develop/configure-tokens-group-claims-app-roles).
const maxGroups = 200

// accessClaims are the claims of an access token
// (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). The API
// decides its version and its groups: in version 2 aud is the API's application id, in version 1
// the identifier URI that was asked for.
func (e *Entra) accessClaims(s session) fields {
	claims := e.common(s)
	appID := textOf(s.target.principal, "appId")
	claims["scp"] = strings.Join(s.target.permissions(), " ")
	if s.target.app == nil {
		claims["scp"] = strings.Join(append(slices.Clone(s.target.permissions()), s.target.openID...), " ")
	}
	if s.target.app != nil && receivesV2(s.target.app) || !e.holds(VersionIsTheAPIs) {
		claims["iss"], claims["ver"], claims["aud"] = s.base+"/"+e.config.Tenant+"/v2.0", "2.0", appID
		claims["azp"], claims["azpacr"], claims["preferred_username"] = s.client["appId"], "0", s.person.upn()
	} else {
		claims["iss"], claims["ver"], claims["aud"] = s.base+"/"+e.config.Tenant+"/", "1.0", s.target.named
		if s.target.named == "" {
			claims["aud"] = appID
		}
		claims["appid"], claims["appidacr"], claims["upn"], claims["unique_name"] = s.client["appId"], "0", s.person.upn(), s.person.upn()
	}
	decides := s.target.app
	if !e.holds(GroupsAreTheAPIs) {
		decides = s.client
	}
	e.addGroups(claims, s, decides, "accessToken")
	return claims
}

// idClaims are the claims of an ID token; the client decides its groups.
func (e *Entra) idClaims(s session) fields {
	claims := e.common(s)
	claims["iss"], claims["ver"], claims["aud"] = s.base+"/"+e.config.Tenant+"/v2.0", "2.0", s.client["appId"]
	claims["preferred_username"] = s.person.upn()
	if s.nonce != "" {
		claims["nonce"] = s.nonce
	}
	e.addGroups(claims, s, s.client, "idToken")
	return claims
}

func (e *Entra) common(s session) fields {
	at := time.Now()
	// sub is another for each application, oid is not.
	pair := sha256.Sum256([]byte(textOf(s.client, "appId") + textOf(s.target.principal, "appId") + s.person.id))
	claims := fields{
		"iat": at.Unix(), "nbf": at.Unix(), "exp": at.Add(tokenLife).Unix(), "tid": e.config.Tenant, "oid": s.person.id,
		"sub": base64.RawURLEncoding.EncodeToString(pair[:]), "name": s.person.Name, "uti": newID(), "rh": newID(),
	}
	if s.person.Email != "" && slices.Contains(s.target.openID, "email") {
		claims["email"] = s.person.Email
	}
	return claims
}

// upn is the user principal name.
func (u *user) upn() string {
	if u.Email != "" {
		return u.Email
	}
	return u.Name
}

// addGroups adds the groups that an application asks for, or a pointer where they are too many.
func (e *Entra) addGroups(claims fields, s session, app fields, kind string) {
	groups := e.groupsFor(s, app)
	switch {
	case len(groups) == 0:
		return
	case len(groups) > maxGroups && e.holds(TooManyGroupsLeave):
		claims["_claim_names"] = fields{"groups": "src1"}
		claims["_claim_sources"] = fields{"src1": fields{"endpoint": "https://graph.windows.net/" + e.config.Tenant + "/users/" + s.person.id + "/getMemberObjects"}}
		return
	}
	var properties []string
	for _, claim := range objectsOf(inner(app, "optionalClaims"), kind) {
		if textOf(claim, "name") == "groups" {
			properties = textsOf(claim, "additionalProperties")
		}
	}
	values := []string{}
	for _, g := range groups {
		if slices.Contains(properties, "cloud_displayname") || !e.holds(GroupsAreIDs) {
			values = append(values, g.text("displayName"))
		} else {
			values = append(values, g.text("id"))
		}
	}
	name := "groups"
	if slices.Contains(properties, "emit_as_roles") {
		name = "roles"
	}
	claims[name] = values
}

// groupsFor are the groups of a person that an application asks for by groupMembershipClaims:
// all security groups, or only those that are assigned to it.
func (e *Entra) groupsFor(s session, app fields) []*object {
	wanted := strings.Split(strings.ReplaceAll(textOf(app, "groupMembershipClaims"), " ", ""), ",")
	switch {
	case slices.Contains(wanted, "ApplicationGroup"):
		sp := e.directory.find(e.directory.principals, "appId", textOf(app, "appId"))
		if sp == nil {
			return nil
		}
		assigned := e.assignedTo(sp)
		return slices.DeleteFunc(slices.Clone(s.person.groups), func(g *object) bool {
			return !slices.ContainsFunc(assigned, func(a *object) bool { return a.text("principalId") == g.text("id") })
		})
	case slices.Contains(wanted, "SecurityGroup"), slices.Contains(wanted, "All"):
		return s.person.groups
	}
	return nil
}
