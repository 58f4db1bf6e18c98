package oktatest_test

import (
	"fmt"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
	"github.com/mcpreg/mcpreg/idp/idptest/oktatest"
)

// ruled sets up, changes the one rule, and logs in as a person.
func ruled(person browser.Person, change func(w *world, rule object)) func(*world) string {
	return func(w *world) string {
		w.setUp()
		path := server + "/policies/" + w.policy + "/rules"
		rule := w.must("GET", path, nil).list()[0]
		change(w, rule)
		w.must("PUT", path+"/"+fmt.Sprint(rule["id"]), rule)
		ending, _ := w.logIn(w.assistant(), person)
		return ending
	}
}

func covering(scopes ...string) func(*world, object) {
	return func(_ *world, rule object) {
		rule["conditions"].(object)["scopes"] = object{"include": scopes}
	}
}

func people(rule object, groups object) {
	rule["conditions"].(object)["people"] = object{"groups": groups}
}

// policyRows are about access policies at login. The scopes of a login here are openid, email,
// profile and offline_access.
func policyRows() []row {
	amy := browser.Person{Username: "amy", Password: "secret"}
	return []row{
		{name: "no policy", source: "quoted", shows: oktatest.PoliciesDecide, want: noPolicy, observe: login(nil, func(w *world, _ *browser.Client) { w.must("DELETE", server+"/policies/"+w.policy, nil) })},
		{name: "the policy of older orgs", source: "quoted", config: func(c *oktatest.Config) { c.DefaultPolicy = true }, want: "tokens", observe: login(nil, func(w *world, _ *browser.Client) { w.must("DELETE", server+"/policies/"+w.policy, nil) })},
		{name: "a policy for another client", source: "access policies, assigned clients", shows: oktatest.PoliciesNameClients, want: noPolicy, observe: login(nil, func(w *world, _ *browser.Client) {
			w.must("PUT", server+"/policies/"+w.policy, accessPolicy("MCP", w.okta.AddApp(nativeApp("Other"))))
		})},
		{name: "an inactive policy", source: "openapi, status", want: noPolicy, observe: login(nil, func(w *world, _ *browser.Client) {
			w.must("POST", server+"/policies/"+w.policy+"/lifecycle/deactivate", nil)
		})},
		{name: "an inactive rule", source: "openapi, status", want: noPolicy, observe: ruled(bob, func(_ *world, rule object) { rule["status"] = "INACTIVE" })},
		{name: "a rule for some scopes", source: "API Access Management, troubleshooting", shows: oktatest.RulesCoverAllScopes, want: noPolicy, observe: ruled(bob, covering("openid", "email", "profile"))},
		{name: "a rule for all scopes", source: "quoted", want: "tokens", observe: ruled(bob, covering("openid", "email", "profile", "offline_access"))},
		{name: "a rule for another grant", source: "openapi, grantTypes", want: noPolicy, observe: ruled(bob, func(_ *world, rule object) {
			rule["conditions"].(object)["grantTypes"] = object{"include": []string{"client_credentials"}}
		})},
		{name: "a rule for a group that has the person", source: "openapi, people", want: "tokens", observe: ruled(bob, func(w *world, rule object) {
			people(rule, object{"include": []string{w.okta.GroupID("registry-admins")}})
		})},
		{name: "a rule for a group that has not", source: "openapi, people", shows: oktatest.RulesNamePeople, want: noPolicy, observe: ruled(amy, func(w *world, rule object) {
			people(rule, object{"include": []string{w.okta.GroupID("registry-admins")}})
		})},
		{name: "a rule without one of the groups", source: "openapi, people", shows: oktatest.RulesNamePeople, want: noPolicy, observe: ruled(bob, func(w *world, rule object) {
			people(rule, object{"include": []string{"EVERYONE"}, "exclude": []string{w.okta.GroupID("registry-admins")}})
		})},
		{name: "two rules match", source: "access policies: the first that matches is applied", shows: oktatest.FirstRuleWins, want: "3600", observe: func(w *world) string {
			w.setUp()
			second := accessRule("second", []string{"*"}, []string{"EVERYONE"})
			second["actions"] = object{"token": object{"accessTokenLifetimeMinutes": 10}}
			w.must("POST", server+"/policies/"+w.policy+"/rules", second)
			ending, tokens := w.logIn(w.assistant(), bob)
			if tokens == nil {
				return ending
			}
			return fmt.Sprint(tokens.Claims["exp"].(float64) - tokens.Claims["iat"].(float64))
		}},
	}
}
