package cognitotest

import (
	"crypto/rand"
	"fmt"
	"slices"
)

// Credentials are AWS credentials. The session token belongs to temporary ones.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// caller is who may sign requests.
type caller struct {
	Credentials
	arn     string
	actions []string // that are allowed; nil allows all
	expired bool
}

func (c *Cognito) newCaller(name, prefix string, actions []string) *caller {
	made := &caller{arn: fmt.Sprintf("arn:aws:iam::%s:user/%s", accountID, name), actions: actions}
	made.AccessKeyID = prefix + rand.Text()[:16]
	made.SecretAccessKey = rand.Text() + rand.Text()[:14]
	return made
}

// Administrator returns credentials that may do everything.
func (c *Cognito) Administrator() Credentials {
	var with Credentials
	c.Locked(func() { with = c.callers[0].Credentials })
	return with
}

// Restricted returns credentials of an IAM user that may do those operations only, such as
// DescribeUserPool. Others are answered with AccessDeniedException.
func (c *Cognito) Restricted(operations ...string) Credentials {
	if operations == nil {
		operations = []string{}
	}
	return c.admit(c.newCaller("restricted", "AKIA", operations))
}

// Temporary returns credentials of an assumed role that may do everything, with a session token.
func (c *Cognito) Temporary() Credentials { return c.admit(c.newSession()) }

// Expired returns temporary credentials whose session is over. They are answered with
// ExpiredTokenException.
func (c *Cognito) Expired() Credentials {
	made := c.newSession()
	made.expired = true
	return c.admit(made)
}

func (c *Cognito) newSession() *caller {
	made := c.newCaller("", "ASIA", nil)
	made.arn = fmt.Sprintf("arn:aws:sts::%s:assumed-role/operator/session", accountID)
	made.SessionToken = rand.Text() + rand.Text()
	return made
}

func (c *Cognito) admit(made *caller) Credentials {
	c.Locked(func() { c.callers = append(c.callers, made) })
	return made.Credentials
}

// may reports whether the caller has the right to an operation.
func (by *caller) may(operation string) bool {
	return by.actions == nil || slices.Contains(by.actions, operation)
}

// denied is the refusal of a caller without the right to an operation. What is not bound to a
// pool is asked for as * (Service Authorization Reference, Amazon Cognito User Pools).
func (c *Cognito) denied(by *caller, operation string) *failure {
	resource := c.arn()
	if operation == "ListUserPools" || operation == "DescribeUserPoolDomain" {
		resource = "*"
	}
	return fail("AccessDeniedException", fmt.Sprintf(
		"User: %s is not authorized to perform: cognito-idp:%s on resource: %s because no identity-based policy allows the cognito-idp:%s action",
		by.arn, operation, resource, operation))
}
