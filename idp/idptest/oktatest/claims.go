package oktatest

import (
	"net/http"
	"regexp"
	"slices"
)

// The kinds of claims: of access tokens and of ID tokens.
const (
	resourceClaim = "RESOURCE"
	identityClaim = "IDENTITY"
)

// systemClaims are those that each custom server is born with: sub, and what the scopes of OpenID
// Connect bring.
func systemClaims() []document {
	claims := []document{{
		"name": "sub", "claimType": resourceClaim, "valueType": "EXPRESSION", "value": "(appuser != null) ? appuser.userName : app.clientId",
		"conditions": document{"scopes": []any{}}, "alwaysIncludeInToken": true,
	}}
	for _, c := range []struct {
		scope string
		names []string
	}{
		{"", []string{"sub"}},
		{"profile", []string{"name", "given_name", "family_name", "preferred_username", "updated_at"}},
		{"email", []string{"email", "email_verified"}},
	} {
		scopes := []any{}
		if c.scope != "" {
			scopes = append(scopes, c.scope)
		}
		for _, name := range c.names {
			claims = append(claims, document{
				"name": name, "claimType": identityClaim, "valueType": "SYSTEM", "conditions": document{"scopes": scopes}, "alwaysIncludeInToken": false,
			})
		}
	}
	for _, c := range claims {
		c["id"], c["status"], c["system"] = newID("ocl"), "ACTIVE", true
	}
	return claims
}

// reserved are the claims that Okta fills itself (Okta: "Reserved claims").
func reserved(name string) bool {
	return slices.Contains([]string{"sub", "iss", "aud", "exp", "iat", "jti", "ver", "cid", "uid", "scp", "auth_time", "nonce", "at_hash", "c_hash", "amr", "acr", "idp"}, name)
}

func (o *Okta) claimRepresentation(request *http.Request, s *authorizationServer, claim document) document {
	d := clone(claim)
	d["_links"] = document{"self": href(o.baseURL(request) + servers + "/" + s.id() + "/claims/" + text(d, "id"))}
	return d
}

// listClaims answers with all claims of a server; the list has no pages.
func (o *Okta) listClaims(request *http.Request, s *authorizationServer) answer {
	list := []document{}
	for _, claim := range s.claims {
		list = append(list, o.claimRepresentation(request, s, claim))
	}
	return ok(list)
}

// settleClaim judges a claim and gives what is left open its default. The place is that of the
// claim that it replaces, or -1.
func (o *Okta) settleClaim(s *authorizationServer, d document, place int) (answer, bool) {
	delete(d, "_links")
	name, kind, value := text(d, "name"), text(d, "claimType"), text(d, "valueType")
	filters := []string{"STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"}
	taken := slices.IndexFunc(s.claims, func(c document) bool { return text(c, "name") == name && text(c, "claimType") == kind })
	_, unreadable := regexp.Compile(text(d, "value"))
	switch {
	case name == "":
		return invalid("name", blank), true
	case reserved(name):
		return invalid("name", "'"+name+"' is a reserved claim name"), true
	case !slices.Contains([]string{resourceClaim, identityClaim}, kind):
		return invalid("claimType", "must be RESOURCE or IDENTITY"), true
	case !slices.Contains([]string{"EXPRESSION", "GROUPS"}, value):
		return invalid("valueType", "must be EXPRESSION or GROUPS"), true
	case text(d, "value") == "":
		return invalid("value", blank), true
	case value == "GROUPS" && !slices.Contains(filters, text(d, "group_filter_type")):
		return invalid("group_filter_type", "must be STARTS_WITH, EQUALS, CONTAINS or REGEX"), true
	case text(d, "group_filter_type") == "REGEX" && unreadable != nil:
		return invalid("value", "is not a valid regular expression"), true
	case taken >= 0 && taken != place && o.holds(ClaimNamesAreUnique):
		return invalid("name", "A claim with the same name already exists"), true
	}
	for _, scope := range words(d, "conditions", "scopes") {
		if s.scope(scope) == nil {
			return invalid("conditions.scopes", "'"+scope+"' is not a scope of the authorization server"), true
		}
	}
	fill(d, document{"status": "ACTIVE", "alwaysIncludeInToken": kind == resourceClaim, "conditions": document{"scopes": []any{}}})
	d["system"] = false
	return answer{}, false
}

func (o *Okta) createClaim(request *http.Request, s *authorizationServer) answer {
	d, refusal, understood := read(request)
	if !understood {
		return refusal
	}
	if refusal, refused := o.settleClaim(s, d, -1); refused {
		return refusal
	}
	d["id"] = newID("ocl")
	s.claims = append(s.claims, d)
	return created(o.claimRepresentation(request, s, d))
}

func (o *Okta) onClaim(request *http.Request, s *authorizationServer, handle func(d document, place int) answer) answer {
	d, i := find(s.claims, "id", request.PathValue("claim"))
	if d == nil {
		return missing(request.PathValue("claim"), "OAuth2Claim")
	}
	return handle(d, i)
}

func (o *Okta) showClaim(request *http.Request, s *authorizationServer) answer {
	return o.onClaim(request, s, func(d document, _ int) answer { return ok(o.claimRepresentation(request, s, d)) })
}

func (o *Okta) replaceClaim(request *http.Request, s *authorizationServer) answer {
	return o.onClaim(request, s, func(stored document, place int) answer {
		if stored["system"] == true && o.holds(SystemObjectsStay) {
			return forbidden()
		}
		d, refusal, understood := read(request)
		if !understood {
			return refusal
		}
		if refusal, refused := o.settleClaim(s, d, place); refused {
			return refusal
		}
		keep(d, stored, "id")
		s.claims[place] = d
		return ok(o.claimRepresentation(request, s, d))
	})
}

func (o *Okta) deleteClaim(request *http.Request, s *authorizationServer) answer {
	return o.onClaim(request, s, func(stored document, place int) answer {
		if stored["system"] == true && o.holds(SystemObjectsStay) {
			return forbidden()
		}
		s.claims = slices.Delete(s.claims, place, place+1)
		return nothing()
	})
}
