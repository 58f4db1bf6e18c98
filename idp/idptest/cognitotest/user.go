package cognitotest

import (
	"regexp"
	"slices"
	"strings"
)

// user finds a person by name or sub; names are not case-sensitive.
func (p *pool) user(name string) *user {
	i := slices.IndexFunc(p.users, func(one *user) bool { return strings.EqualFold(one.Name, name) || one.sub == name })
	if i < 0 {
		return nil
	}
	return p.users[i]
}

// userOf finds the person that a request names.
func (c *Cognito) userOf(asked object) (*user, *failure) {
	if found := c.pool.user(text(asked["Username"])); found != nil {
		return found, nil
	}
	return nil, fail("UserNotFoundException", "User does not exist.")
}

// describe is the person as the admin API answers it; the attributes are called by either name.
func (u *user) describe(attributes string) object {
	list := []any{object{"Name": "sub", "Value": u.sub}}
	if u.Email != "" {
		list = append(list, object{"Name": "email", "Value": u.Email}, object{"Name": "email_verified", "Value": "true"})
	}
	return object{
		"Username": u.Name, attributes: list, "Enabled": true, "UserStatus": "CONFIRMED", "UserCreateDate": u.created, "UserLastModifiedDate": u.created,
	}
}

func (c *Cognito) getUser(asked object) (object, *failure) {
	found, refused := c.userOf(asked)
	if refused != nil {
		return nil, refused
	}
	return found.describe("UserAttributes"), nil
}

// userFilter is the filter of ListUsers: an attribute that is equal (=) or begins with (^=) a
// value.
var userFilter = regexp.MustCompile(`^\s*"?(username|email|sub)"?\s*(\^?=)\s*"([^"]*)"\s*$`)

func (c *Cognito) listUsers(asked object) (object, *failure) {
	matches := func(*user) bool { return true }
	if filter, given := asked["Filter"].(string); given && strings.TrimSpace(filter) != "" {
		parts := userFilter.FindStringSubmatch(filter)
		if parts == nil {
			return nil, invalid("Error while parsing filter")
		}
		matches = func(u *user) bool {
			value := map[string]string{"username": u.Name, "email": u.Email, "sub": u.sub}[parts[1]]
			return value == parts[3] || parts[2] == "^=" && strings.HasPrefix(value, parts[3])
		}
	}
	return c.pageOfUsers(asked, matches, paging{list: "Users", limit: "Limit", token: "PaginationToken"})
}

func (c *Cognito) listUsersInGroup(asked object) (object, *failure) {
	found, refused := c.groupOf(asked)
	if refused != nil {
		return nil, refused
	}
	isIn := func(u *user) bool { return slices.Contains(u.Groups, text(found["GroupName"])) }
	return c.pageOfUsers(asked, isIn, paging{list: "Users", limit: "Limit", token: "NextToken"})
}

func (c *Cognito) pageOfUsers(asked object, matches func(*user) bool, names paging) (object, *failure) {
	var all []object
	for _, one := range c.pool.users {
		if matches(one) {
			all = append(all, one.describe("Attributes"))
		}
	}
	return c.page(all, asked, names)
}
