package oktatest

import (
	"net/http"
	"slices"
	"strings"
)

// systemScopes are those that each server is born with (Okta: "Scopes").
func systemScopes() []document {
	var scopes []document
	for _, name := range []string{"openid", "profile", "email", "address", "phone", "offline_access", "device_sso"} {
		scopes = append(scopes, document{
			"id": newID("scp"), "name": name, "displayName": name, "description": "", "system": true, "metadataPublish": "ALL_CLIENTS",
			"consent": "IMPLICIT", "default": false, "optional": false,
		})
	}
	return scopes
}

func (s *authorizationServer) scope(name string) document {
	d, _ := find(s.scopes, "name", name)
	return d
}

// scopesOf are the scopes of a request: those that it names, or the server's default ones.
func (s *authorizationServer) scopesOf(asked string) []string {
	named := strings.Fields(asked)
	for _, scope := range s.scopes {
		if asked == "" && scope["default"] == true {
			named = append(named, text(scope, "name"))
		}
	}
	return named
}

// listScopes answers with all scopes of a server, or with those whose name begins with q.
func (o *Okta) listScopes(request *http.Request, s *authorizationServer) answer {
	list := slices.Clone(s.scopes)
	if q := request.URL.Query().Get("q"); q != "" {
		list = selected(list, func(d document) bool { return o.matches(text(d, "name"), q) })
	}
	const all = 1 << 30
	return o.page(request, list, limits{all, all})
}

// settleScope judges a scope and gives what is left open its default. The place is that of the
// scope that it replaces, or -1.
func (s *authorizationServer) settleScope(d document, place int) (answer, bool) {
	name := text(d, "name")
	_, taken := find(s.scopes, "name", name)
	switch {
	case name == "":
		return invalid("name", blank), true
	case strings.ContainsAny(name, " \"\\") || strings.HasPrefix(name, "okta."):
		return invalid("name", "'"+name+"' is not a valid scope name"), true
	case taken >= 0 && taken != place:
		return invalid("name", "A scope with the same name already exists"), true
	}
	fill(d, document{
		"displayName": name, "description": "", "consent": "IMPLICIT", "metadataPublish": "NO_CLIENTS", "default": false, "optional": false,
	})
	delete(d, "_links")
	d["system"] = false
	return answer{}, false
}

func (o *Okta) createScope(request *http.Request, s *authorizationServer) answer {
	d, refusal, understood := read(request)
	if !understood {
		return refusal
	}
	if refusal, refused := s.settleScope(d, -1); refused {
		return refusal
	}
	d["id"] = newID("scp")
	s.scopes = append(s.scopes, d)
	return created(d)
}

func (o *Okta) onScope(request *http.Request, s *authorizationServer, handle func(d document, place int) answer) answer {
	d, i := find(s.scopes, "id", request.PathValue("scope"))
	if d == nil {
		return missing(request.PathValue("scope"), "OAuth2Scope")
	}
	return handle(d, i)
}

func (o *Okta) showScope(request *http.Request, s *authorizationServer) answer {
	return o.onScope(request, s, func(d document, _ int) answer { return ok(d) })
}

func (o *Okta) replaceScope(request *http.Request, s *authorizationServer) answer {
	return o.onScope(request, s, func(stored document, place int) answer {
		if stored["system"] == true && o.holds(SystemObjectsStay) {
			return forbidden()
		}
		d, refusal, understood := read(request)
		if !understood {
			return refusal
		}
		if refusal, refused := s.settleScope(d, place); refused {
			return refusal
		}
		keep(d, stored, "id")
		s.scopes[place] = d
		return ok(d)
	})
}

func (o *Okta) deleteScope(request *http.Request, s *authorizationServer) answer {
	return o.onScope(request, s, func(stored document, place int) answer {
		if stored["system"] == true && o.holds(SystemObjectsStay) {
			return forbidden()
		}
		s.scopes = slices.Delete(s.scopes, place, place+1)
		return nothing()
	})
}
