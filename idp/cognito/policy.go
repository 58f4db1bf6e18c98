package cognito

import (
	"encoding/json"
	"fmt"

	"github.com/mcpreg/mcpreg/idp"
)

// policy is an IAM policy document (IAM policy language, version 2012-10-17).
type policy struct {
	Version   string
	Statement []statement
}

// statement allows actions on resources.
type statement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource []string
}

// Policy returns the least privilege that setup and remove need for the spec, as an IAM policy
// document in JSON. It needs neither network nor credential. Reading a domain cannot be limited to
// one pool (Service Authorization Reference, Amazon Cognito user pools: DescribeUserPoolDomain has
// no resource type).
func (p *Provider) Policy(spec idp.Spec) ([]byte, error) {
	read := []string{"DescribeUserPool", "ListUserPoolClients", "DescribeUserPoolClient", "ListIdentityProviders", "DescribeManagedLoginBrandingByClient"}
	write := []string{"CreateUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient", "CreateManagedLoginBranding"}
	if len(spec.Groups) > 0 {
		read = append(read, "GetGroup")
	}
	if p.config.CreateGroups {
		write = append(write, "CreateGroup")
	}
	if len(spec.AssignUsers) > 0 {
		read, write = append(read, "AdminListGroupsForUser"), append(write, "AdminAddUserToGroup")
	}
	if p.config.CreateDomain != "" {
		write = append(write, "CreateUserPoolDomain")
	}
	pool := []string{p.place.arn()}
	document, err := json.MarshalIndent(policy{
		Version: "2012-10-17",
		Statement: []statement{
			{Sid: "Plan", Effect: "Allow", Action: actions(read), Resource: pool},
			{Sid: "PlanDomain", Effect: "Allow", Action: actions([]string{"DescribeUserPoolDomain"}), Resource: []string{"*"}},
			{Sid: "Setup", Effect: "Allow", Action: actions(write), Resource: pool},
		},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the policy: %w", err)
	}
	return document, nil
}

func actions(operations []string) []string {
	var list []string
	for _, operation := range operations {
		list = append(list, "cognito-idp:"+operation)
	}
	return list
}
