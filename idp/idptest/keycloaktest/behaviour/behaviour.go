// Package behaviour is a table of what Keycloak does to set-ups and logins. Each row makes its
// own client, tries one thing and tells what came; what must come was measured on Keycloak 26.7.5
// and typed by hand. The stand-in must pass the table, and so must the real server, which is the
// judge of both.
package behaviour

import (
	"context"
	"fmt"
)

// Keycloak is what rows are tried on: a realm with the users of [People], and its administrator.
type Keycloak interface {
	// URL is the server's base URL, and Issuer the realm's issuer.
	URL() string
	Issuer() string
	// AdminUser and AdminPassword are those of the master realm's administrator.
	AdminUser() string
	AdminPassword() string
	// ServiceAccount makes a service account with those roles of realm-management.
	ServiceAccount(roles ...string) (clientID, secret string)
}

// Person is a user that the realm must have, with the password "secret" and the email address
// NAME@example.com.
type Person struct {
	Name            string
	Groups          []string // paths
	NoOfflineAccess bool     // without the realm's default roles
}

// People lists the users that the rows log in.
func People() []Person {
	return []Person{
		{Name: bob, Groups: []string{"/registry-admins"}},
		{Name: amy},
		{Name: tom, Groups: []string{"/team/registry-admins"}},
		{Name: eve, NoOfflineAccess: true},
	}
}

const (
	bob, amy, tom, eve = "bob", "amy", "tom", "eve"
	password           = "secret"
)

// Row is one behaviour.
type Row struct {
	Name string
	// Want is what Keycloak 26.7.5 does, in the words of the row.
	Want    string
	observe func(*Bench) string
}

// Observe tries the row and returns what came. The error reports that it could not be tried.
func (r Row) Observe(ctx context.Context, b *Bench) (string, error) {
	*b.trial = trial{ctx: ctx}
	got := r.observe(b)
	if b.err != nil {
		return "", fmt.Errorf("%s: %w", r.Name, b.err)
	}
	return b.plain(got), nil
}

// Rows lists the whole table. Its last rows change the realm's policies, so it is run in order,
// and once on a realm.
func Rows() []Row {
	var rows []Row
	for _, part := range [][]Row{
		discovery(), redirects(), authorizing(), loggingIn(), codes(), grants(), refreshing(), origins(), tokens(), roleClaims(),
		creating(), updating(), mapping(), assigning(), lookingUp(), refusing(), roles(), registering(),
	} {
		rows = append(rows, part...)
	}
	return rows
}
