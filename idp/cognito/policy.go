package cognito

// Policy is an IAM policy document (IAM policy language, version 2012-10-17).
type Policy struct {
	Version   string
	Statement []Statement
}

// Statement allows actions on resources.
type Statement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource []string
}

// Policy returns the least privilege that setup needs with this configuration, and remove. Reading
// a domain cannot be limited to one pool (Service Authorization Reference, Amazon Cognito user
// pools: DescribeUserPoolDomain has no resource type). withUsers adds what putting users into
// groups needs, withGroups what looking at groups needs.
func (p *Provider) Policy(withGroups, withUsers bool) Policy {
	read := []string{"DescribeUserPool", "ListUserPoolClients", "DescribeUserPoolClient", "ListIdentityProviders", "DescribeManagedLoginBrandingByClient"}
	write := []string{"CreateUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient", "CreateManagedLoginBranding"}
	if withGroups || withUsers {
		read = append(read, "GetGroup")
	}
	if p.config.CreateGroups {
		write = append(write, "CreateGroup")
	}
	if withUsers {
		read, write = append(read, "AdminListGroupsForUser"), append(write, "AdminAddUserToGroup")
	}
	if p.config.CreateDomain != "" {
		write = append(write, "CreateUserPoolDomain")
	}
	pool := []string{p.place.arn()}
	return Policy{
		Version: "2012-10-17",
		Statement: []Statement{
			{Sid: "Plan", Effect: "Allow", Action: actions(read), Resource: pool},
			{Sid: "PlanDomain", Effect: "Allow", Action: actions([]string{"DescribeUserPoolDomain"}), Resource: []string{"*"}},
			{Sid: "Setup", Effect: "Allow", Action: actions(write), Resource: pool},
		},
	}
}

func actions(operations []string) []string {
	var list []string
	for _, operation := range operations {
		list = append(list, "cognito-idp:"+operation)
	}
	return list
}
