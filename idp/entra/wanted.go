package entra

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// Names that Entra ID and mcpreg use for our objects.
const (
	system = "entra"
	owner  = "Entra administrator"

	// mark is the tag of what mcpreg made or looks after.
	mark = "mcpreg"

	singleTenant = "AzureADMyOrg"

	scopeValue = "user_impersonation"
	// scopeID is the id of the permission that mcpreg exposes. Permission ids are unique within
	// one application, so that the same one everywhere tells ours from others.
	scopeID = "5f8d1f53-4c0e-4bb6-9d35-6d6370726567"
)

// wanted is what must be true of the tenant.
type wanted struct {
	gateway wantedGateway
	clients []wantedClient
	consent Consent
	assign  []string // groups that may use the gateway's application, by name or id
	prune   bool
}

// wantedGateway is the application that tokens are for.
type wantedGateway struct {
	appID       string // of the one that exists; empty when mcpreg makes it
	name        string // when mcpreg makes it
	identifiers []string
	groups      GroupClaims
}

// wantedClient is one public client.
type wantedClient struct {
	name      string
	appID     string // chooses one of several of that name
	redirects []string
}

func (p *Provider) want(spec idp.Spec) wanted {
	w := wanted{
		gateway: wantedGateway{
			appID: p.config.GatewayApp, name: p.config.GatewayAppName,
			identifiers: identifiers(spec.Resources), groups: p.config.GroupClaims,
		},
		consent: p.config.Consent, assign: spec.Assign, prune: spec.Prune,
	}
	for _, c := range spec.Clients {
		w.clients = append(w.clients, wantedClient{name: c.Name, appID: c.ID, redirects: registrable(idp.Strings(c.Redirects))})
	}
	return w
}

// uniqueName is the alternate key of what mcpreg makes under a display name, which is not unique
// itself: the words of the name, and a digest that keeps names apart that differ otherwise.
func uniqueName(displayName string) string {
	digest := sha256.Sum256([]byte(displayName))
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(displayName), "-"), "-")
	const longest = 100
	if len(slug) > longest {
		slug = slug[:longest]
	}
	return mark + "-" + slug + "-" + hex.EncodeToString(digest[:4])
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)
