package cognitotest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// pool is what a user pool holds. Objects are as the admin API answers them.
type pool struct {
	created   float64
	domains   []object // the first is played
	clients   []*client
	groups    []object
	users     []*user
	providers []object
	servers   []object
	brandings map[string]object // by client id
}

// user is a person of the pool.
type user struct {
	idptest.User
	sub     string
	created float64
}

// now is a timestamp of the admin API: seconds since 1970, with milliseconds.
func now() float64 { return float64(time.Now().UnixMilli()) / 1000 }

func newPool(c Config) (*pool, error) {
	switch {
	case !slices.Contains([]string{"LITE", "ESSENTIALS", "PLUS"}, c.Tier):
		return nil, fmt.Errorf("there is no feature plan %q", c.Tier)
	case c.ManagedLoginVersion < 1 || c.ManagedLoginVersion > 2 || c.Tier == "LITE" && c.ManagedLoginVersion == 2:
		return nil, fmt.Errorf("the plan %s has no managed login version %d", c.Tier, c.ManagedLoginVersion)
	}
	p := &pool{created: now(), brandings: map[string]object{}}
	if !c.NoDomain {
		p.domains = append(p.domains, newDomain(c, c.Domain, c.ManagedLoginVersion))
	}
	if c.CustomDomain != "" {
		config := object{"CertificateArn": "arn:aws:acm:us-east-1:" + accountID + ":certificate/" + newUUID()}
		p.domains = append(p.domains, newCustomDomain(c, c.CustomDomain, c.ManagedLoginVersion, config))
	}
	for _, name := range c.Groups {
		p.groupNamed(c, name)
	}
	for _, one := range c.Users {
		if p.user(one.Name) != nil {
			return nil, fmt.Errorf("two users are called %q", one.Name)
		}
		p.addUser(c, one)
	}
	for _, one := range c.IdentityProviders {
		p.providers = append(p.providers, object{"ProviderName": one.Name, "ProviderType": one.Type, "CreationDate": p.created, "LastModifiedDate": p.created})
	}
	for _, one := range c.ResourceServers {
		scopes := []any{}
		for _, name := range one.Scopes {
			scopes = append(scopes, object{"ScopeName": name, "ScopeDescription": name})
		}
		p.servers = append(p.servers, object{"UserPoolId": c.PoolID, "Identifier": one.Identifier, "Name": "server", "Scopes": scopes})
	}
	return p, nil
}

func (p *pool) addUser(c Config, one idptest.User) {
	p.users = append(p.users, &user{User: one, sub: newUUID(), created: now()})
	for _, name := range one.Groups {
		p.groupNamed(c, name)
	}
}

// hasScope reports whether a scope exists in the pool: one of its own, or IDENTIFIER/NAME of a
// resource server.
func (p *pool) hasScope(scope string) bool {
	if slices.Contains([]string{"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"}, scope) {
		return true
	}
	i := strings.LastIndex(scope, "/")
	return i > 0 && slices.ContainsFunc(p.servers, func(server object) bool {
		scopes := server["Scopes"].([]any)
		return server["Identifier"] == scope[:i] && slices.ContainsFunc(scopes, func(one any) bool { return one.(object)["ScopeName"] == scope[i+1:] })
	})
}

// hasProvider reports whether an identity provider exists in the pool; its own directory does.
func (p *pool) hasProvider(name string) bool {
	return name == "COGNITO" || slices.ContainsFunc(p.providers, func(one object) bool { return one["ProviderName"] == name })
}

func (c *Cognito) listUserPools(asked object) (object, *failure) {
	entry := object{
		"Id": c.config.PoolID, "Name": "mcp-gateway", "LambdaConfig": object{},
		"CreationDate": c.pool.created, "LastModifiedDate": c.pool.created,
	}
	return c.page([]object{entry}, asked, paging{list: "UserPools", limit: "MaxResults", token: "NextToken"})
}

func (c *Cognito) describeUserPool(object) (object, *failure) {
	description := object{
		"Id": c.config.PoolID, "Name": "mcp-gateway", "Arn": c.arn(), "UserPoolTier": c.config.Tier,
		"MfaConfiguration": "OFF", "DeletionProtection": "INACTIVE", "EstimatedNumberOfUsers": len(c.pool.users),
		"LambdaConfig": object{}, "UserPoolTags": object{}, "AutoVerifiedAttributes": []any{"email"},
		"UsernameConfiguration": object{"CaseSensitive": false},
		"CreationDate":          c.pool.created, "LastModifiedDate": c.pool.created,
	}
	for member, custom := range map[string]bool{"Domain": false, "CustomDomain": true} {
		if one := c.pool.domainOf(custom); one != nil {
			description[member] = one["Domain"]
		}
	}
	return object{"UserPool": description}, nil
}

func (c *Cognito) listIdentityProviders(asked object) (object, *failure) {
	return c.page(c.pool.providers, asked, paging{list: "Providers", limit: "MaxResults", token: "NextToken"})
}

func (c *Cognito) listResourceServers(asked object) (object, *failure) {
	return c.page(c.pool.servers, asked, paging{list: "ResourceServers", limit: "MaxResults", token: "NextToken"})
}
