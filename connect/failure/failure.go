// Package failure is the catalogue of what goes wrong between a coding assistant, an identity
// provider and an MCP gateway: what the user sees, why, what to do and who can do it.
//
// Every other part of mcpreg names a failure by its id: a plan the one that a change prevents,
// a check the one it found, a refused login the one it met. [Match] finds rows for a pasted
// message. Ids are never reused; new rows continue the numbering of their prefix.
package failure

import (
	"slices"
	"strings"
)

// Who can act on a failure, as [Failure.Owner] names them.
const (
	IDPAdministrator = "IdP administrator"
	GatewayOperator  = "gateway operator"
	RegistryAdmin    = "registry administrator"
	ServerOwner      = "server owner"
	NetworkOperator  = "network operator"
	User             = "user"
)

// Failure is one row of the catalogue. All texts are whole English sentences or, where noted,
// fragments; they hold no secret and no placeholder.
type Failure struct {
	ID      string // prefix and two digits: KC Keycloak, OK Okta, CG Cognito, EN Entra, GW gateway and network, ID assistant and workstation
	Symptom string // what the user sees, and where
	Cause   string
	Fix     string
	Owner   string // who can act: one of the constants of this package
	Source  string // where the row comes from: a vendor's page, an RFC, a measurement
	// Effect is the symptom in a few words, to follow "without it:" in a plan. Empty where no
	// change of a plan prevents the failure.
	Effect string
	// Codes are codes of the vendor that name the failure: AADSTS50011, E0000005.
	Codes []string
	// Phrases are fragments of the very messages that users meet, where … stands for words that
	// vary. A fragment that fits several rows stands in each of them.
	Phrases []string
}

// All returns a copy of every row, prefix by prefix, in the order of the ids.
func All() []Failure {
	all := slices.Concat(keycloak, okta, cognito, entra, gateway, assistant)
	for i := range all {
		all[i].Codes, all[i].Phrases = slices.Clone(all[i].Codes), slices.Clone(all[i].Phrases)
	}
	return all
}

// ByID returns the row of that id, in upper or lower case, or false when there is none.
func ByID(id string) (Failure, bool) {
	id = strings.TrimSpace(id)
	for _, f := range All() {
		if strings.EqualFold(f.ID, id) {
			return f, true
		}
	}
	return Failure{}, false
}

// product returns the names under which messages speak of the row's system.
func (f Failure) product() string {
	switch f.ID[:2] {
	case "KC":
		return "keycloak realm"
	case "OK":
		return "okta"
	case "CG":
		return "cognito amazon aws amazoncognito"
	case "EN":
		return "entra azure microsoft microsoftonline"
	case "GW":
		return "gateway registry"
	}
	return "assistant"
}
