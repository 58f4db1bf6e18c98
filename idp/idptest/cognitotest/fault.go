package cognitotest

import "slices"

// refusal is an error that waits for calls.
type refusal struct {
	operation string // "" is any
	left      int
	answer    *failure
}

// Refuse answers the next n calls of an operation, or of any when it is "", with an error of that
// type and message instead of doing anything.
func (c *Cognito) Refuse(n int, operation, code, message string) {
	c.Locked(func() { c.refusals = append(c.refusals, refusal{operation, n, fail(code, message)}) })
}

// Throttle answers the next n calls as an account over its request rate is answered.
func (c *Cognito) Throttle(n int) { c.Refuse(n, "", "TooManyRequestsException", "Rate exceeded") }

// Collide answers the next n updates of a client as if another update were running.
func (c *Cognito) Collide(n int) {
	c.Refuse(n, "UpdateUserPoolClient", "ConcurrentModificationException", "Only one request to update user pool client can be processed at a time.")
}

// refused takes one refusal that waits for the operation; nil when there is none.
func (c *Cognito) refused(operation string) *failure {
	i := slices.IndexFunc(c.refusals, func(r refusal) bool { return r.left > 0 && (r.operation == "" || r.operation == operation) })
	if i < 0 {
		return nil
	}
	c.refusals[i].left--
	return c.refusals[i].answer
}
