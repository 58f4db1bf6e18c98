package okta

import (
	"slices"
	"strings"
)

// property is one thing that must be true of the app: how it reads, how it must read, and how a
// document is made to say so. The same list makes the difference, the write, and the comparison
// after reading back.
type property struct {
	path     string
	prevents string
	excess   string // what a value that nobody asked for invites; empty for nothing
	// is tells the value for people and for comparison.
	is func(document) []string
	// must tells the value wanted of an app that is as given.
	must func(document) []string
	// set returns the document with the wanted value.
	set func(document) document
}

func (p property) right(app document) bool { return slices.Equal(p.is(app), p.must(app)) }

// rotationGrace is for how many seconds a refresh token that was replaced is still good: the most
// that Okta takes, as assistants refresh in parallel. Half of it is enough to leave an app alone.
const (
	rotationGrace    = 60
	rotationGraceMin = 30
)

func settings(name string) []string { return []string{"settings", "oauthClient", name} }

func credentials(name string) []string { return []string{"credentials", "oauthClient", name} }

// properties lists what must be true of the app, in the order in which a plan shows it.
func properties(w *wantedApp) []property {
	return []property{
		redirects(w),
		fixed("type", "OK11", "native", settings("application_type")),
		fixed("client authentication", "OK11", "none", credentials("token_endpoint_auth_method")),
		member("response type code", "OK19", "code", settings("response_types")),
		member("grant authorization_code", "OK19", grantCode, settings("grant_types")),
		member("grant refresh_token", "OK12", "refresh_token", settings("grant_types")),
		pkce(),
		rotation(),
		grace(),
		withoutDPoP(),
		ourMark(),
	}
}

func redirects(w *wantedApp) property {
	path := settings("redirect_uris")
	must := func(app document) []string {
		if w.prune {
			return w.redirects
		}
		return union(app.list(path...), w.redirects)
	}
	sorted := func(list []string) []string { return slices.Sorted(slices.Values(list)) }
	return property{
		path: "redirects", prevents: "OK01", excess: "OK23",
		// Their order says nothing.
		is:   func(app document) []string { return sorted(app.list(path...)) },
		must: func(app document) []string { return sorted(must(app)) },
		set:  func(app document) document { return app.set(must(app), path...) },
	}
}

// fixed is a setting with one right value. An app that is found has it already: see refusal.
func fixed(name, prevents, value string, path []string) property {
	return property{
		path: name, prevents: prevents,
		is:   func(app document) []string { return words(app.text(path...)) },
		must: func(document) []string { return []string{value} },
		set:  func(app document) document { return app.set(value, path...) },
	}
}

// member is a value that a list must have among others.
func member(name, prevents, value string, path []string) property {
	return property{
		path: name, prevents: prevents,
		is:   func(app document) []string { return onOff(slices.Contains(app.list(path...), value)) },
		must: func(document) []string { return onOff(true) },
		set:  func(app document) document { return app.set(union(app.list(path...), []string{value}), path...) },
	}
}

// pkce is on for every app without a secret, also where an answer does not say so.
func pkce() property {
	path := credentials("pkce_required")
	return property{
		path: "PKCE", prevents: "OK20",
		is: func(app document) []string {
			required, told := app.flag(path...)
			return onOff(required || (!told && app.text(credentials("token_endpoint_auth_method")...) == "none"))
		},
		must: func(document) []string { return onOff(true) },
		set:  func(app document) document { return app.set(true, path...) },
	}
}

func rotation() property {
	path := append(settings("refresh_token"), "rotation_type")
	return property{
		path: "refresh token rotation", prevents: "OK21",
		is:   func(app document) []string { return words(strings.ToLower(app.text(path...))) },
		must: func(document) []string { return []string{"rotate"} },
		set:  func(app document) document { return app.set("ROTATE", path...) },
	}
}

func grace() property {
	path := append(settings("refresh_token"), "leeway")
	const enough, tooShort = "30 to 60 seconds", "less than 30 seconds"
	return property{
		path: "rotation grace", prevents: "OK13",
		is: func(app document) []string {
			// An app that does not rotate has no use for it; one that does has 30 unless it says
			// otherwise (Okta Management API, leeway).
			seconds, told := app.number(path...)
			switch rotates := app.text(append(settings("refresh_token"), "rotation_type")...) == "ROTATE"; {
			case told && seconds < rotationGraceMin:
				return []string{tooShort}
			case told || rotates:
				return []string{enough}
			}
			return nil
		},
		must: func(document) []string { return []string{enough} },
		set:  func(app document) document { return app.set(rotationGrace, path...) },
	}
}

// withoutDPoP is off unless an app says otherwise; assistants send no proofs (RFC 9449).
func withoutDPoP() property {
	path := settings("dpop_bound_access_tokens")
	return property{
		path: "DPoP", prevents: "OK22",
		is: func(app document) []string {
			on, _ := app.flag(path...)
			return onOff(on)
		},
		must: func(document) []string { return onOff(false) },
		set: func(app document) document {
			if _, told := app.flag(path...); !told {
				return app
			}
			return app.set(false, path...)
		},
	}
}

// ourMark says that mcpreg looks after the app. What administrators wrote in the notes stays.
func ourMark() property {
	path := []string{"settings", "notes", "admin"}
	return property{
		path: "note for administrators",
		is: func(app document) []string {
			if marked(app) {
				return []string{mark}
			}
			return nil
		},
		must: func(document) []string { return []string{mark} },
		set: func(app document) document {
			if marked(app) {
				return app
			}
			text := app.text(path...)
			if text != "" {
				text = strings.TrimRight(text, "\n") + "\n"
			}
			return app.set(text+mark, path...)
		},
	}
}

// creation is the app as it is made, in one request. What it leaves out gets Okta's defaults.
func (w *wantedApp) creation() document {
	app := document{}.
		set("oidc_client", "name").
		set(w.client.Name, "label").
		set("OPENID_CONNECT", "signOnMode").
		set("TRUSTED", settings("consent_method")...)
	for _, p := range properties(w) {
		app = p.set(app)
	}
	return app
}

// repaired is the app with every property right and all else as it was.
func (w *wantedApp) repaired(app document) document {
	for _, p := range properties(w) {
		if !p.right(app) {
			app = p.set(app)
		}
	}
	return app
}

// writable is an object without what only Okta writes (Okta Management API, read-only properties).
func writable(object document) document {
	return object.without("id", "created", "lastUpdated", "_links", "_embedded")
}
