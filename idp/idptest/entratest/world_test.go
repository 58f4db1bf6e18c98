package entratest_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
)

const (
	finance  = "https://gw.contoso.com/fin/mcp"
	staff    = "https://gw.contoso.com/hr/mcp"
	scopeID  = "1f1f1f1f-0000-4000-8000-000000000001"
	adminID  = "1f1f1f1f-0000-4000-8000-000000000002"
	callback = "http://localhost/callback"
	literal  = "http://127.0.0.1:8787/callback"
)

type object = map[string]any

// change puts values over an object's, one level deeper where both are objects.
func change(o, changes object) object {
	for name, value := range changes {
		if deeper, ok := value.(object); ok {
			if have, ok := o[name].(object); ok {
				o[name] = change(have, deeper)
				continue
			}
		}
		o[name] = value
	}
	return o
}

// scope is a delegated permission.
func scope(id, value string) object {
	return object{"id": id, "value": value, "type": "User", "isEnabled": true, "adminConsentDisplayName": "Use", "adminConsentDescription": "Use the gateway"}
}

// world is a gateway's API and a public client, as a set-up makes them.
type world struct {
	gateway, gatewayApp, gatewayPrincipal string
	client, clientApp, clientPrincipal    string
}

// world makes a gateway and a client that is pre-authorised, with changes to both.
func (b *bench) world(gateway, client object) world {
	var w world
	w.client, w.clientApp = b.AddApplication(change(object{
		"displayName": "IDE", "publicClient": object{"redirectUris": []string{callback, literal}},
	}, client))
	admin := scope(adminID, "admin")
	admin["type"] = "Admin"
	w.gateway, w.gatewayApp = b.AddApplication(change(object{
		"displayName": "Gateway", "identifierUris": []string{finance, staff}, "groupMembershipClaims": "SecurityGroup",
		"api": object{
			"requestedAccessTokenVersion": 2, "oauth2PermissionScopes": []object{scope(scopeID, "user_impersonation"), admin},
			"preAuthorizedApplications": []object{{"appId": w.clientApp, "delegatedPermissionIds": []string{scopeID}}},
		},
	}, gateway))
	w.gatewayPrincipal = b.AddServicePrincipal(w.gatewayApp, nil)
	w.clientPrincipal = b.AddServicePrincipal(w.clientApp, nil)
	return w
}

// unconsented is a gateway that pre-authorises nobody.
func unconsented() object { return object{"api": object{"preAuthorizedApplications": []object{}}} }

// assistant is one that asks for the finance server.
func (b *bench) assistant(w world) browser.Client {
	return browser.Client{
		Issuer: b.Issuer(), ID: w.clientApp, RedirectURI: "http://localhost:41234/callback",
		Scopes: []string{finance + "/user_impersonation", "openid", "profile", "offline_access"}, Parameters: map[string][]string{"resource": {finance}},
	}
}

var code = regexp.MustCompile(`AADSTS\d+`)

// login tells how a login ends: in the claims that are named, or in an error's number.
func (b *bench) login(c browser.Client, name string, claims ...string) string {
	b.Helper()
	tokens, err := c.Login(b.Context(), browser.Person{Username: name, Password: password})
	if err != nil {
		return short(err.Error())
	}
	if len(claims) == 0 {
		return "tokens"
	}
	return told(tokens.Claims, claims...)
}

func short(text string) string {
	if number := code.FindString(text); number != "" {
		return number
	}
	return text
}

// told tells claims; those that are not there are told as -.
func told(claims object, names ...string) string {
	var list []string
	for _, name := range names {
		value := "-"
		switch v := claims[name].(type) {
		case nil:
		case []any:
			var texts []string
			for _, entry := range v {
				texts = append(texts, fmt.Sprint(entry))
			}
			slices.Sort(texts)
			value = "[" + strings.Join(texts, " ") + "]"
		default:
			value = fmt.Sprint(v)
		}
		list = append(list, name+"="+value)
	}
	return strings.Join(list, " ")
}
