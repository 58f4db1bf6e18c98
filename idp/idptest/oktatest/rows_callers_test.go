package oktatest_test

import (
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// as asks with another credential and tells what came.
func as(credential func(*world) string, method, path string) func(*world) string {
	return func(w *world) string {
		w.token = credential(w)
		r := w.send(method, path, object{})
		if challenge := r.header.Get("Www-Authenticate"); challenge != "" {
			return fmt.Sprint(r.status, " ", challenge[len("Bearer authorization_uri=\"\", realm=\"\", ")+2*len(w.okta.URL())+len("/oauth2/v1/authorize"):], r.text)
		}
		return r.String()
	}
}

func token(roles ...oktatest.Role) func(*world) string {
	return func(w *world) string { return "SSWS " + w.okta.AdminToken(roles...) }
}

func oauthToken(scope string, roles ...oktatest.Role) func(*world) string {
	return func(w *world) string { return "Bearer " + bearer(w, scope, roles...) }
}

func said(credential string) func(*world) string { return func(*world) string { return credential } }

const noPermission = "403 E0000006 You do not have permission to perform the requested action"

// callerRows are about credentials, roles and scopes.
func callerRows() []row {
	return []row{
		{name: "no credential", source: "error codes", shows: oktatest.CallersAreAuthenticated, want: "403 E0000005 Invalid session", observe: as(said(""), "GET", "/api/v1/apps")},
		{name: "an API token that is wrong", source: "error codes", want: "401 E0000011 Invalid token provided", observe: as(said("SSWS 00wrong"), "GET", "/api/v1/apps")},
		{name: "an API token that expired", source: "error codes", want: "401 E0000011 Invalid token provided", observe: as(func(w *world) string { return "SSWS " + w.okta.ExpiredToken() }, "GET", "/api/v1/apps")},
		{name: "a bearer token that is wrong", source: "RFC 6750 section 3.1", want: `401 scope="okta.apps.read", error="invalid_token", error_description="The access token is invalid.", resource="/api/v1/apps"`, observe: as(said("Bearer wrong"), "GET", "/api/v1/apps")},
		{name: "a bearer token without the scope", source: "quoted", shows: oktatest.TokensNeedScopes, want: `403 scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups"`, observe: as(oauthToken("okta.apps.read"), "GET", "/api/v1/groups")},
		{name: "who may manage may read", source: "quoted", want: "200", observe: as(oauthToken("okta.apps.manage"), "GET", "/api/v1/apps")},
		{name: "a bearer token with the scope, without the role", source: "error codes", shows: oktatest.CallersNeedRoles, want: noPermission, observe: as(oauthToken("okta.authorizationServers.read", oktatest.AppAdmin), "GET", server)},
		{name: "a read-only administrator reads", source: "standard administrator roles", want: "200", observe: as(token(oktatest.ReadOnlyAdmin), "GET", server+"/claims")},
		{name: "a read-only administrator writes", source: "standard administrator roles", want: noPermission, observe: as(token(oktatest.ReadOnlyAdmin), "POST", "/api/v1/apps")},
		{name: "an app administrator writes a claim", source: "standard administrator roles", want: noPermission, observe: as(token(oktatest.AppAdmin), "POST", server+"/claims")},
		{name: "two roles suffice together", source: "authorization servers", want: "400", observe: func(w *world) string {
			w.token = token(oktatest.AppAdmin, oktatest.APIAccessManagementAdmin)(w)
			return fmt.Sprint(w.send("POST", server+"/claims", object{}).status)
		}},
		{name: "registration by a stranger", source: "quoted", want: "403 E0000005 Invalid session", observe: as(said(""), "POST", "/oauth2/v1/clients")},
	}
}

// asked asks for a token of the management API as a service app.
func asked(s oktatest.ServiceApp, change func(*jwt.Claims), scopes ...string) func(*world) string {
	return func(w *world) string {
		id := w.service(s)
		assertion := w.assertion(id)
		if change != nil {
			assertion = w.assertion(id, change)
		}
		return w.postForm("/oauth2/v1/token", serviceForm(assertion, scopes...))
	}
}

// serviceRows are about the tokens of service apps.
func serviceRows() []row {
	apps := oktatest.ServiceApp{Scopes: []string{"okta.apps.read"}}
	return []row{
		{name: "a service app gets the scopes that it was granted", source: "quoted", shows: oktatest.GrantedScopesOnly, want: "200 okta.apps.read", observe: asked(apps, nil, "okta.apps.read", "okta.groups.read")},
		{name: "a service app asks for none that it was granted", source: "quoted", shows: oktatest.GrantedScopesOnly, want: "400 consent_required You are not allowed any of the requested scopes.", observe: asked(apps, nil, "okta.groups.read")},
		{name: "a service app asks for another scope", source: "quoted", shows: oktatest.CustomScopesRefused, want: "400 invalid_scope Custom scopes are not allowed for this request.", observe: asked(apps, nil, "mcp")},
		{name: "a service app that demands DPoP", source: "quoted", shows: oktatest.ProofsAreDemanded, want: "400 invalid_dpop_proof The DPoP proof JWT header is missing.", observe: asked(oktatest.ServiceApp{Scopes: apps.Scopes, DPoP: true}, nil, "okta.apps.read")},
		{name: "an assertion for another audience", source: "quoted", shows: oktatest.AssertionsAreBound, want: "401 invalid_client The audience claim for client_assertion must be the endpoint invoked for the request.", observe: asked(apps, func(c *jwt.Claims) { c.Audience = jwt.Audience{"https://elsewhere"} }, "okta.apps.read")},
		{name: "an assertion that expired", source: "assumed", want: "401 invalid_client The client_assertion token is expired.", observe: asked(apps, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(time.Now().Add(-time.Minute)) }, "okta.apps.read")},
		{name: "an assertion twice", source: "client authentication methods, jti", shows: oktatest.AssertionsWorkOnce, want: "401 invalid_client The client_assertion token has already been used.", observe: func(w *world) string {
			form := serviceForm(w.assertion(w.service(apps)), "okta.apps.read")
			_ = w.postForm("/oauth2/v1/token", form)
			return w.postForm("/oauth2/v1/token", form)
		}},
		{name: "an assertion of nobody", source: "quoted", want: "401 invalid_client Invalid value for 'client_id' parameter.", observe: func(w *world) string {
			return w.postForm("/oauth2/v1/token", serviceForm(w.assertion("0oanobody"), "okta.apps.read"))
		}},
	}
}
