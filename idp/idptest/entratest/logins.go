package entratest

import "github.com/mcpreg/mcpreg/idp/idptest"

// logins are what the sign-in endpoints have handed out.
type logins struct{ idptest.Ledger }

func newLogins() *logins { return &logins{} }
