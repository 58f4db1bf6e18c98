package okta

import (
	"strings"

	"github.com/mcpreg/mcpreg/idp"
)

// Names that Okta and mcpreg use for our objects.
const (
	system = "okta"
	owner  = "okta administrator"

	kindApp        = "app"
	kindAppStatus  = "app status"
	kindGroup      = "group assignment"
	kindUser       = "user assignment"
	kindScope      = "scope"
	kindClaim      = "claim"
	kindPolicy     = "access policy"
	kindRule       = "policy rule"
	claimName      = "groups"
	ruleName       = "AI coding assistants"
	everyone       = "EVERYONE"
	allClients     = "ALL_CLIENTS"
	grantCode      = "authorization_code"
	statusActive   = "ACTIVE"
	statusInactive = "INACTIVE"

	// mark is the line in an app's notes for administrators that says that mcpreg looks after it,
	// so that removal may delete it.
	mark = "managed by mcpreg"
	// policyMark is the description of an access policy that mcpreg made.
	policyMark = "Logins of AI coding assistants, managed by mcpreg"
)

// wanted is what must be true of the org.
type wanted struct {
	server string   // id of the authorization server
	scopes []string // that the gateway advertises
	groups []string // that the claim must carry; sorted
	assign []string // groups that may use the apps, by name or id; sorted
	users  []string // logins of users who may use the apps; sorted
	filter groupFilter
	prune  bool
	apps   []*wantedApp
}

// wantedApp is what must be true of one app.
type wantedApp struct {
	client    idp.Client
	redirects []string // once settled
	port      int      // of the movable ones
	prune     bool
}

// within names what hangs on an app; the app goes without saying when it is the only one.
func (w *wanted) within(app, what string) string {
	if len(w.apps) == 1 {
		return what
	}
	return app + "/" + what
}

// split undoes within.
func (w *wanted) split(name string) (app, what string) {
	if len(w.apps) == 1 {
		return w.apps[0].client.Name, name
	}
	for _, a := range w.apps {
		if what, found := strings.CutPrefix(name, a.client.Name+"/"); found {
			return a.client.Name, what
		}
	}
	return "", name
}

// settle decides the redirect URIs of each app, now that those which are registered are known.
func settle(w *wanted, have *observed) {
	for i, app := range w.apps {
		redirects, port := app.client.Settle(have.apps[i].doc.list("settings", "oauthClient", "redirect_uris"))
		app.redirects, app.port = idp.Strings(redirects), port
	}
}

// marked reports whether an app carries our mark.
func marked(app document) bool {
	for line := range strings.Lines(app.text("settings", "notes", "admin")) {
		if strings.TrimSpace(line) == mark {
			return true
		}
	}
	return false
}

// groupsClaims are the claims of access tokens that carry the groups.
func groupsClaims(claims []document) []document {
	var found []document
	for _, c := range claims {
		if c.text("name") == claimName && c.text("claimType") == claimTypeAccess {
			found = append(found, c)
		}
	}
	return found
}

// onOff shows a flag.
func onOff(on bool) []string {
	if on {
		return []string{"on"}
	}
	return []string{"off"}
}

// words makes a list of a value that may be missing.
func words(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
