package cognitotest

import "slices"

func (p *pool) group(name string) object {
	i := slices.IndexFunc(p.groups, func(one object) bool { return one["GroupName"] == name })
	if i < 0 {
		return nil
	}
	return p.groups[i]
}

// groupNamed makes a group unless it is there.
func (p *pool) groupNamed(c Config, name string) {
	if p.group(name) == nil {
		made := now()
		p.groups = append(p.groups, object{"GroupName": name, "UserPoolId": c.PoolID, "CreationDate": made, "LastModifiedDate": made})
	}
}

// groupOf finds the group that a request names.
func (c *Cognito) groupOf(asked object) (object, *failure) {
	if found := c.pool.group(text(asked["GroupName"])); found != nil {
		return found, nil
	}
	return nil, notFound("Group not found.")
}

func (c *Cognito) listGroups(asked object) (object, *failure) {
	return c.page(c.pool.groups, asked, paging{list: "Groups", limit: "Limit", token: "NextToken"})
}

func (c *Cognito) getGroup(asked object) (object, *failure) {
	found, refused := c.groupOf(asked)
	if refused != nil {
		return nil, refused
	}
	return object{"Group": found}, nil
}

func (c *Cognito) createGroup(asked object) (object, *failure) {
	name := text(asked["GroupName"])
	if c.pool.group(name) != nil && c.holds(GroupNamesAreUnique) {
		return nil, fail("GroupExistsException", "A group with the name already exists.")
	}
	made := now()
	group := object{"CreationDate": made, "LastModifiedDate": made}
	for _, member := range []string{"GroupName", "UserPoolId", "Description", "RoleArn", "Precedence"} {
		if value, given := asked[member]; given {
			group[member] = value
		}
	}
	c.pool.groups = append(c.pool.groups, group)
	return object{"Group": group}, nil
}

func (c *Cognito) addUserToGroup(asked object) (object, *failure) {
	person, refused := c.userOf(asked)
	if refused != nil {
		return nil, refused
	}
	found, refused := c.groupOf(asked)
	if refused != nil {
		return nil, refused
	}
	if name := text(found["GroupName"]); !slices.Contains(person.Groups, name) {
		person.Groups = append(slices.Clone(person.Groups), name)
	}
	return nil, nil
}

func (c *Cognito) listGroupsForUser(asked object) (object, *failure) {
	person, refused := c.userOf(asked)
	if refused != nil {
		return nil, refused
	}
	var all []object
	for _, name := range person.Groups {
		all = append(all, c.pool.group(name))
	}
	return c.page(all, asked, paging{list: "Groups", limit: "Limit", token: "NextToken"})
}
