package cognito

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
)

// property is one thing that must be true of an app client: how it reads, how it must read, and
// how a client is made to say so. The same list makes the difference, the write, and the comparison
// of what the write came to.
type property struct {
	path     string
	prevents string
	excess   string // what a value that nobody asked for invites; empty for nothing
	// is tells the value for people and for comparison.
	is func(*types.UserPoolClientType) []string
	// must tells the value wanted of a client that is as given.
	must func(*types.UserPoolClientType) []string
	// set makes the client say what it must.
	set func(*types.UserPoolClientType)
	// flow tells that the property opens a way to log in.
	flow bool
}

func (p property) right(c *types.UserPoolClientType) bool { return slices.Equal(p.is(c), p.must(c)) }

// properties lists what must be true of the client, in the order in which a plan shows it. ofPool
// are the identity providers of the pool.
func properties(w wantedClient, ofPool []string) []property {
	return []property{
		callbacks(w),
		defaultRedirect(w),
		oauth(),
		flows(w.prune),
		list("scopes", "CG02", func(c *types.UserPoolClientType) *[]string { return &c.AllowedOAuthScopes }, func(now []string) []string {
			return joined(w.prune, idp.Cognito.Traits().Scopes, now)
		}),
		list("identity providers", "CG07", func(c *types.UserPoolClientType) *[]string { return &c.SupportedIdentityProviders }, func(now []string) []string {
			return w.offered(now, ofPool)
		}),
		userExistence(),
		revocation(),
	}
}

func callbacks(w wantedClient) property {
	p := list("callback URLs", "CG01", func(c *types.UserPoolClientType) *[]string { return &c.CallbackURLs }, w.callbacks)
	p.excess = "CG17"
	return p
}

// list is a property whose value is a list of strings, in which the order says nothing.
func list(path, prevents string, field func(*types.UserPoolClientType) *[]string, must func(now []string) []string) property {
	return property{
		path: path, prevents: prevents,
		is:   func(c *types.UserPoolClientType) []string { return sorted(*field(c)) },
		must: func(c *types.UserPoolClientType) []string { return must(*field(c)) },
		set:  func(c *types.UserPoolClientType) { *field(c) = must(*field(c)) },
	}
}

// joined is ours with what is there, or ours alone.
func joined(prune bool, ours, now []string) []string {
	if prune {
		return sorted(ours)
	}
	return sorted(slices.Concat(ours, now))
}

// defaultRedirect keeps the default redirect URI among the callback URLs, where Cognito wants it:
// one that is pruned there goes here too.
func defaultRedirect(w wantedClient) property {
	must := func(c *types.UserPoolClientType) []string {
		now := words(aws.ToString(c.DefaultRedirectURI))
		if len(now) > 0 && !slices.Contains(w.callbacks(c.CallbackURLs), now[0]) {
			return nil
		}
		return now
	}
	return property{
		path: "default redirect URI",
		is:   func(c *types.UserPoolClientType) []string { return words(aws.ToString(c.DefaultRedirectURI)) },
		must: must,
		set: func(c *types.UserPoolClientType) {
			if len(must(c)) == 0 {
				c.DefaultRedirectURI = nil
			}
		},
	}
}

func oauth() property {
	return property{
		path: "OAuth flows", prevents: "CG11", flow: true,
		is: func(c *types.UserPoolClientType) []string {
			return onOff(aws.ToBool(c.AllowedOAuthFlowsUserPoolClient))
		},
		must: func(*types.UserPoolClientType) []string { return onOff(true) },
		set:  func(c *types.UserPoolClientType) { c.AllowedOAuthFlowsUserPoolClient = aws.Bool(true) },
	}
}

// flows keeps what else the client may do, which is a list like the others; a finding tells of it.
func flows(prune bool) property {
	must := func(c *types.UserPoolClientType) []string {
		return joined(prune, []string{string(types.OAuthFlowTypeCode)}, texts(c.AllowedOAuthFlows))
	}
	return property{
		path: "grant types", prevents: "CG11", excess: "CG17", flow: true,
		is:   func(c *types.UserPoolClientType) []string { return sorted(texts(c.AllowedOAuthFlows)) },
		must: must,
		set: func(c *types.UserPoolClientType) {
			var wanted []types.OAuthFlowType
			for _, flow := range must(c) {
				wanted = append(wanted, types.OAuthFlowType(flow))
			}
			c.AllowedOAuthFlows = wanted
		},
	}
}

func userExistence() property {
	const enabled = types.PreventUserExistenceErrorTypesEnabled
	return property{
		path: "user existence errors", prevents: "CG15",
		is: func(c *types.UserPoolClientType) []string {
			if c.PreventUserExistenceErrors == enabled {
				return []string{"hidden"}
			}
			return []string{"shown"}
		},
		must: func(*types.UserPoolClientType) []string { return []string{"hidden"} },
		set:  func(c *types.UserPoolClientType) { c.PreventUserExistenceErrors = enabled },
	}
}

func revocation() property {
	return property{
		path: "token revocation", prevents: "CG16",
		is:   func(c *types.UserPoolClientType) []string { return onOff(aws.ToBool(c.EnableTokenRevocation)) },
		must: func(*types.UserPoolClientType) []string { return onOff(true) },
		set:  func(c *types.UserPoolClientType) { c.EnableTokenRevocation = aws.Bool(true) },
	}
}

// texts are values of an enumeration as strings.
func texts[T ~string](list []T) []string {
	var all []string
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

func words(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func onOff(on bool) []string {
	if on {
		return []string{"on"}
	}
	return []string{"off"}
}
