package idptest

import (
	"crypto/rand"
	"time"
)

// Grant is what a person granted by logging in.
type Grant struct {
	Authorization
	User    User
	Expires time.Time // of a code; zero for a refresh token
}

// Ledger is the book of what an authorization server has handed out and not yet taken back:
// logins that wait for a person, codes, and refresh tokens. The zero Ledger is empty. It is not
// safe for concurrent use.
type Ledger struct {
	waiting map[string]Authorization
	codes   map[string]Grant
	refresh map[string]Grant
}

// Wait keeps a request until a person has logged in, and returns the ticket that the login form
// carries.
func (l *Ledger) Wait(a Authorization) (ticket string) { return keep(&l.waiting, a) }

// Waiting returns the request of a ticket, which stays valid: a person may mistype.
func (l *Ledger) Waiting(ticket string) (Authorization, bool) {
	a, ok := l.waiting[ticket]
	return a, ok
}

// Issue ends the wait of a ticket, and returns an authorization code that lives that long.
func (l *Ledger) Issue(ticket string, user User, life time.Duration) (code string) {
	a := l.waiting[ticket]
	delete(l.waiting, ticket)
	return keep(&l.codes, Grant{a, user, time.Now().Add(life)})
}

// Redeem takes a code back: it works once (RFC 6749 section 4.1.2), and not after it expired.
func (l *Ledger) Redeem(code string) (Grant, bool) {
	g, ok := l.codes[code]
	delete(l.codes, code)
	return g, ok && time.Now().Before(g.Expires)
}

// Refresh returns a refresh token for a grant.
func (l *Ledger) Refresh(g Grant) (token string) {
	g.Expires = time.Time{}
	return keep(&l.refresh, g)
}

// Refreshed returns the grant of a refresh token, which stays valid.
func (l *Ledger) Refreshed(token string) (Grant, bool) {
	g, ok := l.refresh[token]
	return g, ok
}

// Revoke takes one refresh token back.
func (l *Ledger) Revoke(token string) { delete(l.refresh, token) }

// RevokeAll takes every refresh token back.
func (l *Ledger) RevokeAll() { clear(l.refresh) }

func keep[T any](book *map[string]T, entry T) (key string) {
	if *book == nil {
		*book = map[string]T{}
	}
	key = rand.Text()
	(*book)[key] = entry
	return key
}
