package okta

import (
	"fmt"
	"strings"

	"github.com/mcpreg/mcpreg/idp/plan"
)

// consoleSteps say how a change is made in Okta's Admin Console, by the names that its pages have
// (Okta documentation, app integration wizard, API access management).
func consoleSteps(w *wanted, c plan.Change) []string {
	app, what := w.split(c.Name)
	server := fmt.Sprintf("Security > API > Authorization Servers > %s", w.server)
	switch c.Kind {
	case kindApp:
		return appSteps(w, c)
	case kindGroup, kindUser:
		if c.Action == plan.Manual {
			return []string{fmt.Sprintf("Applications > Applications > %s > Assignments: assign the groups whose members use assistants.", app)}
		}
		where := "Groups"
		if c.Kind == kindUser {
			where = "People"
		}
		return []string{fmt.Sprintf("Applications > Applications > %s > Assignments > Assign > Assign to %s: choose %s.", app, where, what)}
	case kindScope:
		return []string{fmt.Sprintf("%s > Scopes > Add Scope: name %s, user consent Implicit, include in public metadata.", server, c.Name)}
	case kindClaim:
		if c.Action == plan.Manual {
			return []string{fmt.Sprintf("%s > Claims > Add Claim: name groups, Access Token, value type Groups, and a filter that the mapped groups match.", server)}
		}
		return []string{
			fmt.Sprintf("%s > Claims > Add Claim.", server),
			fmt.Sprintf("Name groups; include in token type Access Token, Always; value type Groups; filter: %s; include in Any scope.", strings.Join(c.Fields[0].After, " ")),
		}
	case kindPolicy:
		return []string{fmt.Sprintf("%s > Access Policies > Add New Access Policy: name %s; assign to The following clients: %s.", server, c.Name, c.Name)}
	case kindRule:
		return []string{
			fmt.Sprintf("%s > Access Policies > %s > Add Rule: name %s.", server, app, what),
			fmt.Sprintf("Grant type Authorization Code; user Any user assigned the app; scopes The following scopes: %s.", strings.Join(w.scopes, ", ")),
			"Access token lifetime 1 hour; refresh token lifetime Unlimited, but expires if not used every 7 days.",
		}
	}
	return nil
}

func appSteps(w *wanted, c plan.Change) []string {
	steps := []string{
		"Applications > Applications > Create App Integration: sign-in method OIDC - OpenID Connect, application type Native Application.",
		fmt.Sprintf("App integration name %s; grant types Authorization Code and Refresh Token.", c.Name),
		"Sign-in redirect URIs: exactly those of the table, one a line, no others.",
		"After saving, General > Client Credentials: client authentication None, and Require PKCE as additional verification.",
		fmt.Sprintf("General > Refresh token: Rotate token after every use, grace period %d seconds.", rotationGrace),
		"Tell whoever runs the gateway the Client ID that the General page shows; it is no secret.",
	}
	if w.assign == nil && w.users == nil {
		steps[1] += " Skip group assignment for now, or limit it to the groups whose members use assistants."
	}
	return steps
}
