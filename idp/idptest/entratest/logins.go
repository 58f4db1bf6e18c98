package entratest

import (
	"crypto/rand"
	"net/http"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// logins are what the sign-in endpoints have handed out.
type logins struct {
	idptest.Ledger

	browsers map[string]*user         // who is signed in, by the value of the session cookie
	asked    map[string]*user         // who is asked for consent, by ticket
	redeemed map[string]bool          // codes
	kept     map[string]idptest.Grant // codes that work again, where the rule is off
	refresh  []string                 // tokens
	ended    map[string]idptest.Grant // refresh tokens of sessions that ended
}

func newLogins() *logins {
	return &logins{browsers: map[string]*user{}, asked: map[string]*user{}, redeemed: map[string]bool{}, kept: map[string]idptest.Grant{}, ended: map[string]idptest.Grant{}}
}

// known finds who signed in with the browser that sends a request; nil when nobody did.
func (l *logins) known(request *http.Request) *user {
	cookie, err := request.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return l.browsers[cookie.Value]
}

func (l *logins) remember(person *user) (cookie string) {
	cookie = rand.Text()
	l.browsers[cookie] = person
	return cookie
}

// keep lets a code work again.
func (l *logins) keep(code string, g idptest.Grant) { l.kept[code] = g }

// Redeem takes a code back.
func (l *logins) Redeem(code string) (idptest.Grant, bool) {
	if g, ok := l.kept[code]; ok {
		return g, true
	}
	return l.Ledger.Redeem(code)
}

// again returns a refresh token for a grant.
func (l *logins) again(g idptest.Grant) string {
	token := l.Refresh(g)
	l.refresh = append(l.refresh, token)
	return token
}

// RevokeSessions signs everybody out: refresh tokens are refused with AADSTS50173.
func (e *Entra) RevokeSessions() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, token := range e.logins.refresh {
		e.logins.ended[token], _ = e.logins.Refreshed(token)
	}
	e.logins.RevokeAll()
	clear(e.logins.browsers)
}
