package oktatest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

const ruleType = "RESOURCE_ACCESS"

// noPeople is what Okta says of a rule for nobody, doubled quotes and all.
const noPeople = "At least one of ''conditions.people.users.include'' or ''conditions.people.groups.include'' must contain a valid user or group when ''conditions.grantTypes'' contains one or more of [authorization_code, implicit, password]."

func (o *Okta) ruleRepresentation(request *http.Request, s *authorizationServer, p *policy, rule document) document {
	d := clone(rule)
	address := o.baseURL(request) + servers + "/" + s.id() + "/policies/" + text(p.document, "id") + "/rules/" + text(d, "id")
	d["_links"] = document{"self": href(address)}
	return d
}

func (o *Okta) listRules(request *http.Request, s *authorizationServer) answer {
	return o.onPolicy(request, s, func(p *policy) answer {
		list := []document{}
		for _, rule := range p.rules {
			list = append(list, o.ruleRepresentation(request, s, p, rule))
		}
		return ok(list)
	})
}

// settleRule judges a rule. The place is that of the rule that it replaces, or -1.
func (o *Okta) settleRule(s *authorizationServer, p *policy, d document, place int) (answer, bool) {
	delete(d, "_links")
	delete(d, "_embedded")
	_, taken := find(p.rules, "name", text(d, "name"))
	people := append(words(d, "conditions", "people", "groups", "include"), words(d, "conditions", "people", "users", "include")...)
	forPeople := slices.ContainsFunc(words(d, "conditions", "grantTypes", "include"), func(grant string) bool { return grant != "client_credentials" })
	switch {
	case text(d, "type") != ruleType:
		return invalid("type", "must be "+ruleType), true
	case text(d, "name") == "":
		return invalid("name", blank), true
	case taken >= 0 && taken != place:
		return invalid("name", "Policy rule name already in use"), true
	case len(words(d, "conditions", "grantTypes", "include")) == 0:
		return invalid("conditions.grantTypes.include", blank), true
	case len(people) == 0 && forPeople:
		return invalid("conditions.people", noPeople), true
	case len(words(d, "conditions", "scopes", "include")) == 0:
		return invalid("conditions.scopes.include", blank), true
	}
	if refusal, refused := o.unknownInRule(s, d); refused {
		return refusal, true
	}
	if refusal, refused := illegalLifetimes(within(d, "actions", "token")); refused {
		return refusal, true
	}
	fill(d, document{"status": "ACTIVE"})
	d["lastUpdated"] = now()
	return answer{}, false
}

// unknownInRule refuses people, grants and scopes that are not there. A refresh is not a grant of
// its own here: the scope offline_access decides about it.
func (o *Okta) unknownInRule(s *authorizationServer, d document) (answer, bool) {
	grants := []string{
		"authorization_code", "implicit", "password", "client_credentials", "interaction_code",
		"urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
		"urn:ietf:params:oauth:grant-type:saml2-bearer", "urn:ietf:params:oauth:grant-type:jwt-bearer",
	}
	for _, check := range []struct {
		path  []string
		known func(string) bool
	}{
		{[]string{"conditions", "people", "groups", "include"}, func(id string) bool { return id == "EVERYONE" || o.org.group(id) != nil }},
		{[]string{"conditions", "people", "groups", "exclude"}, func(id string) bool { return o.org.group(id) != nil }},
		{[]string{"conditions", "people", "users", "include"}, func(id string) bool { return o.org.user(id) != nil }},
		{[]string{"conditions", "grantTypes", "include"}, func(grant string) bool { return slices.Contains(grants, grant) }},
		{[]string{"conditions", "scopes", "include"}, func(scope string) bool { return scope == "*" || s.scope(scope) != nil }},
	} {
		for _, entry := range words(d, check.path...) {
			if !check.known(entry) {
				return invalid(check.path[1]+"."+check.path[len(check.path)-1], "'"+entry+"' is not known"), true
			}
		}
	}
	return answer{}, false
}

// illegalLifetimes gives the lifetimes their defaults and refuses those out of Okta's bounds, all
// in minutes: an access token lives from 5 to 1440, a refresh token at least as long or, with 0,
// for ever, and it is lost when not used for a window of 10 minutes to 5 years.
func illegalLifetimes(token document) (answer, bool) {
	fill(token, document{
		"accessTokenLifetimeMinutes": json.Number("60"), "refreshTokenLifetimeMinutes": json.Number("0"), "refreshTokenWindowMinutes": json.Number("10080"),
	})
	access := number(token, -1, "accessTokenLifetimeMinutes")
	refresh := number(token, -1, "refreshTokenLifetimeMinutes")
	window := number(token, -1, "refreshTokenWindowMinutes")
	const fiveYears = 5 * 365 * 24 * 60
	switch {
	case access < 5 || access > 1440:
		return invalid("accessTokenLifetimeMinutes", "must be between 5 and 1440"), true
	case refresh != 0 && refresh < access:
		return invalid("refreshTokenLifetimeMinutes", "must not be shorter than the access token's"), true
	case window < 10 || window > fiveYears:
		return invalid("refreshTokenWindowMinutes", "must be between 10 and "+strconv.Itoa(fiveYears)), true
	case window < access || refresh != 0 && window > refresh:
		return invalid("refreshTokenWindowMinutes", "must lie between the lifetimes of the tokens"), true
	}
	return answer{}, false
}

func (o *Okta) createRule(request *http.Request, s *authorizationServer) answer {
	return o.onPolicy(request, s, func(p *policy) answer {
		d, refusal, understood := read(request)
		if !understood {
			return refusal
		}
		if refusal, refused := o.settleRule(s, p, d, -1); refused {
			return refusal
		}
		d["id"], d["created"], d["system"] = newID("0pr"), now(), false
		p.rules = placed(p.rules, d, number(d, len(p.rules)+1, "priority"))
		numbered(p.rules, func(d document) document { return d })
		return created(o.ruleRepresentation(request, s, p, d))
	})
}

func (o *Okta) onRule(request *http.Request, s *authorizationServer, handle func(p *policy, d document, place int) answer) answer {
	return o.onPolicy(request, s, func(p *policy) answer {
		d, i := find(p.rules, "id", request.PathValue("rule"))
		if d == nil {
			return missing(request.PathValue("rule"), "PolicyRule")
		}
		return handle(p, d, i)
	})
}

func (o *Okta) showRule(request *http.Request, s *authorizationServer) answer {
	return o.onRule(request, s, func(p *policy, d document, _ int) answer { return ok(o.ruleRepresentation(request, s, p, d)) })
}

func (o *Okta) replaceRule(request *http.Request, s *authorizationServer) answer {
	return o.onRule(request, s, func(p *policy, stored document, place int) answer {
		d, refusal, understood := read(request)
		if !understood {
			return refusal
		}
		if refusal, refused := o.settleRule(s, p, d, place); refused {
			return refusal
		}
		keep(d, stored, "id", "created", "system")
		priority := number(d, place+1, "priority")
		p.rules = placed(slices.Delete(p.rules, place, place+1), d, priority)
		numbered(p.rules, func(d document) document { return d })
		return ok(o.ruleRepresentation(request, s, p, d))
	})
}

func (o *Okta) deleteRule(request *http.Request, s *authorizationServer) answer {
	return o.onRule(request, s, func(p *policy, d document, place int) answer {
		if d["system"] == true && o.holds(SystemObjectsStay) {
			return forbidden()
		}
		p.rules = slices.Delete(p.rules, place, place+1)
		numbered(p.rules, func(d document) document { return d })
		return nothing()
	})
}

func (o *Okta) setRuleStatus(status string) func(*http.Request, *authorizationServer) answer {
	return func(request *http.Request, s *authorizationServer) answer {
		return o.onRule(request, s, func(_ *policy, d document, _ int) answer {
			d["status"] = status
			return nothing()
		})
	}
}
