package oktatest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

const policyType = "OAUTH_AUTHORIZATION_POLICY"

// addDefaultPolicy adds what older orgs were born with: everything for everybody.
func (s *authorizationServer) addDefaultPolicy(everyone string) {
	t := now()
	s.policies = append(s.policies, &policy{
		document: document{
			"id": newID("00p"), "type": policyType, "name": "Default Policy", "description": "Default policy description", "status": "ACTIVE",
			"priority": json.Number("1"), "system": true, "created": t, "lastUpdated": t, "conditions": document{"clients": document{"include": []any{"ALL_CLIENTS"}}},
		},
		rules: []document{{
			"id": newID("0pr"), "type": ruleType, "name": "Default Policy Rule", "status": "ACTIVE", "priority": json.Number("1"), "system": true,
			"created": t, "lastUpdated": t,
			"conditions": document{
				"people":     document{"users": document{"include": []any{}}, "groups": document{"include": []any{everyone}}},
				"grantTypes": document{"include": []any{"implicit", "client_credentials", "authorization_code", "password"}},
				"scopes":     document{"include": []any{"*"}},
			},
			"actions": document{"token": document{
				"accessTokenLifetimeMinutes": json.Number("60"), "refreshTokenLifetimeMinutes": json.Number("0"), "refreshTokenWindowMinutes": json.Number("10080"),
			}},
		}},
	})
}

func (o *Okta) policyRepresentation(request *http.Request, s *authorizationServer, p *policy) document {
	d := clone(p.document)
	address := o.baseURL(request) + servers + "/" + s.id() + "/policies/" + text(d, "id")
	d["_links"] = document{"self": href(address), "rules": href(address + "/rules")}
	return d
}

func (o *Okta) listPolicies(request *http.Request, s *authorizationServer) answer {
	list := []document{}
	for _, p := range s.policies {
		list = append(list, o.policyRepresentation(request, s, p))
	}
	return ok(list)
}

// settlePolicy judges a policy; itself is the one that it replaces, or nil.
func (o *Okta) settlePolicy(s *authorizationServer, d document, itself *policy) (answer, bool) {
	delete(d, "_links")
	delete(d, "_embedded")
	clients := words(d, "conditions", "clients", "include")
	taken := slices.ContainsFunc(s.policies, func(p *policy) bool { return p != itself && text(p.document, "name") == text(d, "name") })
	switch {
	case text(d, "type") != policyType:
		return invalid("type", "must be "+policyType), true
	case text(d, "name") == "":
		return invalid("name", blank), true
	case text(d, "description") == "":
		return invalid("description", blank), true
	case taken:
		return invalid("name", "Policy name already in use"), true
	case len(clients) == 0:
		return invalid("conditions.clients.include", blank), true
	}
	for _, client := range clients {
		if client != "ALL_CLIENTS" && o.org.client(client) == nil {
			return invalid("conditions.clients.include", "'"+client+"' is not a client"), true
		}
	}
	fill(d, document{"status": "ACTIVE"})
	d["lastUpdated"] = now()
	return answer{}, false
}

func (o *Okta) createPolicy(request *http.Request, s *authorizationServer) answer {
	d, refusal, understood := read(request)
	if !understood {
		return refusal
	}
	if refusal, refused := o.settlePolicy(s, d, nil); refused {
		return refusal
	}
	d["id"], d["created"], d["system"] = newID("00p"), now(), false
	added := &policy{document: d}
	s.policies = placed(s.policies, added, number(d, len(s.policies)+1, "priority"))
	numbered(s.policies, func(p *policy) document { return p.document })
	return created(o.policyRepresentation(request, s, added))
}

// placed inserts at a priority, which counts from 1; what stood there and below moves down.
func placed[T any](list []T, added T, priority int) []T {
	return slices.Insert(list, min(max(priority, 1), len(list)+1)-1, added)
}

// numbered gives a list its priorities by place.
func numbered[T any](list []T, of func(T) document) {
	for i, entry := range list {
		of(entry)["priority"] = json.Number(strconv.Itoa(i + 1))
	}
}

func (o *Okta) onPolicy(request *http.Request, s *authorizationServer, handle func(*policy) answer) answer {
	i := slices.IndexFunc(s.policies, func(p *policy) bool { return text(p.document, "id") == request.PathValue("policy") })
	if i < 0 {
		return missing(request.PathValue("policy"), "Policy")
	}
	return handle(s.policies[i])
}

func (o *Okta) showPolicy(request *http.Request, s *authorizationServer) answer {
	return o.onPolicy(request, s, func(p *policy) answer { return ok(o.policyRepresentation(request, s, p)) })
}

func (o *Okta) replacePolicy(request *http.Request, s *authorizationServer) answer {
	return o.onPolicy(request, s, func(p *policy) answer {
		d, refusal, understood := read(request)
		if !understood {
			return refusal
		}
		if refusal, refused := o.settlePolicy(s, d, p); refused {
			return refusal
		}
		priority := number(d, number(p.document, 1, "priority"), "priority")
		keep(d, p.document, "id", "created", "system")
		p.document = d
		s.policies = slices.DeleteFunc(s.policies, func(other *policy) bool { return other == p })
		s.policies = placed(s.policies, p, priority)
		numbered(s.policies, func(p *policy) document { return p.document })
		return ok(o.policyRepresentation(request, s, p))
	})
}

func (o *Okta) deletePolicy(request *http.Request, s *authorizationServer) answer {
	return o.onPolicy(request, s, func(p *policy) answer {
		if p.document["system"] == true && o.holds(SystemObjectsStay) {
			return forbidden()
		}
		s.policies = slices.DeleteFunc(s.policies, func(other *policy) bool { return other == p })
		numbered(s.policies, func(p *policy) document { return p.document })
		return nothing()
	})
}

func (o *Okta) setPolicyStatus(status string) func(*http.Request, *authorizationServer) answer {
	return func(request *http.Request, s *authorizationServer) answer {
		return o.onPolicy(request, s, func(p *policy) answer {
			p.document["status"] = status
			return nothing()
		})
	}
}
