package keycloaktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// policy is a policy of client registration, ComponentRepresentation.
type policy struct {
	ID           string              `json:"id,omitempty"`
	Name         string              `json:"name"`
	ProviderID   string              `json:"providerId"`
	ProviderType string              `json:"providerType"`
	ParentID     string              `json:"parentId,omitempty"`
	SubType      string              `json:"subType"`
	Config       map[string][]string `json:"config"`
}

const (
	policyType   = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
	trustedHosts = "trusted-hosts"
	maxClients   = "max-clients"

	hostsMustMatch = "host-sending-registration-request-must-match"
	urisMustMatch  = "client-uris-must-match"
)

// builtInPolicies are those of a new realm: nobody is trusted.
func builtInPolicies() []policy {
	policies := []policy{
		{Name: "Trusted Hosts", ProviderID: trustedHosts, SubType: "anonymous", Config: map[string][]string{hostsMustMatch: {"true"}, urisMustMatch: {"true"}}},
		{Name: "Max Clients Limit", ProviderID: maxClients, SubType: "anonymous", Config: map[string][]string{maxClients: {"200"}}},
		{Name: "Consent Required", ProviderID: "consent-required", SubType: "anonymous"},
		{Name: "Full Scope Disabled", ProviderID: "scope", SubType: "anonymous"},
	}
	for _, kind := range []string{"anonymous", "authenticated"} {
		policies = append(policies,
			policy{Name: "Allowed Client Scopes", ProviderID: "allowed-client-templates", SubType: kind, Config: map[string][]string{"allow-default-scopes": {"true"}}},
			policy{Name: "Allowed Protocol Mapper Types", ProviderID: "allowed-protocol-mappers", SubType: kind},
			policy{Name: "Allowed Registration Web Origins", ProviderID: "registration-web-origins", SubType: kind},
		)
	}
	for i := range policies {
		policies[i].ID, policies[i].ProviderType = newID(), policyType
		if policies[i].Config == nil {
			policies[i].Config = map[string][]string{}
		}
	}
	return policies
}

func (k *Keycloak) listPolicies(w http.ResponseWriter, request *http.Request, by caller) {
	if !k.may(by, viewRealm) {
		forbidden(w)
		return
	}
	kind, found := request.URL.Query().Get("type"), []policy{}
	for _, p := range k.realm.policies {
		if kind == "" || kind == p.ProviderType {
			p.ParentID = k.realm.id
			found = append(found, p)
		}
	}
	writeRepresentation(w, found)
}

// policyFor finds the policy of the path for a caller who may change it; it answers when it does
// not.
func (k *Keycloak) policyFor(w http.ResponseWriter, request *http.Request, by caller) int {
	index := slices.IndexFunc(k.realm.policies, func(p policy) bool { return p.ID == request.PathValue("component") })
	switch {
	case !k.may(by, manageRealm):
		forbidden(w)
		return -1
	case index < 0:
		fail(w, http.StatusNotFound, "error", "Could not find component")
	}
	return index
}

func (k *Keycloak) updatePolicy(w http.ResponseWriter, request *http.Request, by caller) {
	var body policy
	if !k.read(w, request, "ComponentRepresentation", &body) {
		return
	}
	index := k.policyFor(w, request, by)
	if index < 0 {
		return
	}
	p := &k.realm.policies[index]
	on := func(key string) bool { return slices.Contains(body.Config[key], "true") }
	if p.ProviderID == trustedHosts && !on(hostsMustMatch) && !on(urisMustMatch) && k.holds(TrustedHostsGuarded) {
		fail(w, http.StatusBadRequest, "errorMessage", "At least one of hosts verification or client URIs validation must be enabled")
		return
	}
	p.Config = body.Config
	w.WriteHeader(http.StatusNoContent)
}

func (k *Keycloak) deletePolicy(w http.ResponseWriter, request *http.Request, by caller) {
	if index := k.policyFor(w, request, by); index >= 0 {
		k.realm.policies = slices.Delete(k.realm.policies, index, index+1)
		w.WriteHeader(http.StatusNoContent)
	}
}

// registrationRequest is what an anonymous caller may ask for (RFC 7591 section 2).
type registrationRequest struct {
	RedirectURIs []string `json:"redirect_uris"`
	Name         string   `json:"client_name"`
	AuthMethod   string   `json:"token_endpoint_auth_method"`
}

// register answers anonymous Dynamic Client Registration: policies first, then the request.
func (k *Keycloak) register(w http.ResponseWriter, request *http.Request) {
	var body registrationRequest
	text := idptest.Body(request)
	if len(text) == 0 {
		fail(w, http.StatusInternalServerError, "error", "unknown_error", "For more on this error consult the server log.")
		return
	}
	if json.Unmarshal(text, &body) != nil {
		fail(w, http.StatusBadRequest, "error", "invalid_request", "Cannot parse the JSON")
		return
	}
	if name, details := k.rejection(); name != "" && k.holds(RegistrationIsRestricted) {
		fail(w, http.StatusForbidden, "error", "insufficient_scope", "Policy '"+name+"' rejected request to client-registration service. Details: "+details)
		return
	}
	for _, uri := range body.RedirectURIs {
		if wrong := illegalRedirect(uri); wrong != "" {
			fail(w, http.StatusBadRequest, "error", "invalid_redirect_uri", wrong)
			return
		}
	}
	k.registered(w, body)
}

// rejection names the policy that refuses a stranger on loopback, and its words.
func (k *Keycloak) rejection() (name, details string) {
	for _, p := range k.realm.policies {
		switch {
		case p.SubType != "anonymous":
		case p.ProviderID == trustedHosts && !slices.Contains(p.Config["trusted-hosts"], "127.0.0.1"):
			return p.Name, "Host not trusted."
		case p.ProviderID == maxClients:
			limit, err := strconv.Atoi(strings.Join(p.Config[maxClients], ""))
			if err == nil && len(k.realm.clients) >= limit {
				return p.Name, "It's allowed to have max " + strconv.Itoa(limit) + " clients per realm"
			}
		}
	}
	return "", ""
}

// registered makes the client that a stranger asked for, who needs every user's consent.
func (k *Keycloak) registered(w http.ResponseWriter, body registrationRequest) {
	c := newClient()
	c.ClientID, c.Name, c.RedirectURIs = c.ID, &body.Name, &body.RedirectURIs
	c.PublicClient, c.ConsentRequired, c.FullScopeAllowed = new(body.AuthMethod == "none"), new(true), new(false)
	origins := originsOf(body.RedirectURIs)
	c.WebOrigins = &origins
	k.realm.assignRealmDefaults(c)
	k.keepSecret(c)
	k.realm.clients = append(k.realm.clients, c)
	answer := map[string]any{
		"client_id": c.ClientID, "client_name": body.Name, "redirect_uris": body.RedirectURIs, "response_types": []string{"code", "none"},
		"grant_types": []string{"authorization_code", "refresh_token"}, "token_endpoint_auth_method": "none",
	}
	if c.Secret != nil {
		answer["client_secret"], answer["token_endpoint_auth_method"] = *c.Secret, "client_secret_basic"
	}
	w.Header().Set("Location", k.Issuer()+"/clients-registrations/openid-connect/"+c.ID)
	idptest.WriteJSON(w, http.StatusCreated, answer)
}
