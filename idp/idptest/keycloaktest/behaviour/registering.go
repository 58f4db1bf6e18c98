package behaviour

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// registering tells who may register clients by anonymous Dynamic Client Registration (RFC 7591).
// Its rows take the realm's policies away, one after the other.
func registering() []Row {
	const probe = `{"redirect_uris":["http://localhost/cb#x"],"client_name":"probe"}`
	const closed = `403 {"error":"insufficient_scope","error_description":"Policy 'Trusted Hosts' rejected request to client-registration service. Details: Host not trusted."}`
	const open = `400 {"error":"invalid_redirect_uri","error_description":"A redirect URI must not contain an URL fragment"}`
	ask := func(body string) func(*Bench) string {
		return func(b *Bench) string { return b.register(body).String() }
	}
	return []Row{
		{"registration", closed, ask(probe)},
		{"registration of a right request", closed, ask(`{"redirect_uris":["http://localhost/cb"],"client_name":"probe"}`)},
		{"registration without a body", `500 {"error":"unknown_error","error_description":"For more on this error consult the server log."}`, ask(``)},
		{"registration, broken JSON", `400 {"error":"invalid_request","error_description":"Cannot parse the JSON"}`, ask(`{`)},
		{"registration by GET", `404 {"error":"HTTP 404 Not Found"}`, func(b *Bench) string {
			return b.send(http.MethodGet, b.keycloak.Issuer()+"/clients-registrations/openid-connect", "").String()
		}},
		{"registration, no such realm", `404 {"error":"Realm does not exist"}`, func(b *Bench) string {
			return b.send(http.MethodPost, b.keycloak.URL()+"/realms/nope/clients-registrations/openid-connect", probe, "Content-Type", "application/json").String()
		}},
		{"anonymous policies", "Allowed Client Scopes, Allowed Protocol Mapper Types, Allowed Registration Web Origins, Consent Required, Full Scope Disabled, Max Clients Limit, Trusted Hosts", (*Bench).anonymous},
		{"Trusted Hosts with both checks off", `400 {"errorMessage":"At least one of hosts verification or client URIs validation must be enabled"}`, func(b *Bench) string {
			return b.configure("trusted-hosts", fields{"host-sending-registration-request-must-match": []string{"false"}, "client-uris-must-match": []string{"false"}}).String()
		}},
		{"no such policy", `404 {"error":"Could not find component"}`, func(b *Bench) string { return b.admin(http.MethodDelete, "/components/nope", nil).String() }},
		{"Trusted Hosts deleted", "204, " + open, func(b *Bench) string {
			got := b.admin(http.MethodDelete, "/components/"+fmt.Sprint(b.policy("trusted-hosts")["id"]), nil)
			return got.String() + ", " + b.register(probe).String()
		}},
		{"the probe makes no client", "0", func(b *Bench) string {
			before := len(b.admin(http.MethodGet, "/clients", nil).objects())
			b.register(probe)
			return fmt.Sprint(len(b.admin(http.MethodGet, "/clients", nil).objects()) - before)
		}},
		{"an open realm registers", `201 redirect_uris=[http://localhost/cb] token_endpoint_auth_method=none client_name=probe grant_types=[authorization_code refresh_token] response_types=[code none] client_secret=-`, func(b *Bench) string {
			got := b.register(`{"redirect_uris":["http://localhost/cb"],"client_name":"probe","token_endpoint_auth_method":"none"}`)
			return fmt.Sprint(got.status, " ") + members(got.object(), "redirect_uris", "token_endpoint_auth_method", "client_name", "grant_types", "response_types", "client_secret")
		}},
		{"what was registered", "publicClient=true consentRequired=true fullScopeAllowed=false", func(b *Bench) string {
			id := fmt.Sprint(b.register(`{"redirect_uris":["http://localhost/cb"],"client_name":"probe","token_endpoint_auth_method":"none"}`).object()["client_id"])
			found := b.admin(http.MethodGet, "/clients?clientId="+id, nil).objects()
			if len(found) == 0 {
				return "nothing"
			}
			return members(found[0], "publicClient", "consentRequired", "fullScopeAllowed")
		}},
		{"Max Clients of 0", `204, 403 {"error":"insufficient_scope","error_description":"Policy 'Max Clients Limit' rejected request to client-registration service. Details: It's allowed to have max 0 clients per realm"}`, func(b *Bench) string {
			got := b.configure("max-clients", fields{"max-clients": []string{"0"}})
			return got.String() + ", " + b.register(probe).String()
		}},
	}
}

func (b *Bench) register(body string) answer {
	return b.send(http.MethodPost, b.keycloak.Issuer()+"/clients-registrations/openid-connect", body, "Content-Type", "application/json")
}

func (b *Bench) policies() []map[string]any {
	return b.admin(http.MethodGet, "/components?type=org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy", nil).objects()
}

// policy is the anonymous policy of that provider.
func (b *Bench) policy(provider string) fields {
	for _, p := range b.policies() {
		if p["providerId"] == provider && p["subType"] == "anonymous" {
			return p
		}
	}
	return fields{}
}

func (b *Bench) configure(provider string, config fields) answer {
	p := b.policy(provider)
	return b.admin(http.MethodPut, "/components/"+fmt.Sprint(p["id"]), p.with(fields{"config": config}))
}

// anonymous names the policies that hold for strangers.
func (b *Bench) anonymous() string {
	var list []string
	for _, p := range b.policies() {
		if p["subType"] == "anonymous" {
			list = append(list, fmt.Sprint(p["name"]))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
