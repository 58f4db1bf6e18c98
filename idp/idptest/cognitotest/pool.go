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
	domain    object // nil while there is none
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
	p := &pool{created: now(), brandings: map[string]object{}}
	if !c.NoDomain {
		p.domain = newDomain(c, c.Domain, c.ManagedLoginVersion)
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
	if c.pool.domain != nil {
		member := "Domain"
		if _, custom := c.pool.domain["CustomDomainConfig"]; custom {
			member = "CustomDomain"
		}
		description[member] = c.pool.domain["Domain"]
	}
	return object{"UserPool": description}, nil
}

func (c *Cognito) listIdentityProviders(asked object) (object, *failure) {
	return c.page(c.pool.providers, asked, paging{list: "Providers", limit: "MaxResults", token: "NextToken"})
}

func (c *Cognito) listResourceServers(asked object) (object, *failure) {
	return c.page(c.pool.servers, asked, paging{list: "ResourceServers", limit: "MaxResults", token: "NextToken"})
}
