// Package idptest is what the stand-ins of identity providers share: a server on loopback, keys
// that sign tokens, and the book of what an authorization server has handed out. The stand-ins
// themselves are in the packages below, one for each kind. They import nothing of what they
// judge, and each of their rules can be switched off, so that a test of a test can see it matter.
package idptest

// User is a person who can log in at a stand-in.
type User struct {
	Name, Password, Email string
	// Groups are the names of the user's groups.
	Groups []string
}
