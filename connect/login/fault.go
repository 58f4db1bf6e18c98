package login

import (
	"context"
	"errors"
	"fmt"

	"github.com/mcpreg/mcpreg/connect/failure"
	"github.com/mcpreg/mcpreg/idp"
)

// Fault is why a login did not end in a list of tools.
type Fault struct {
	Place   Place
	Failure string // id in the failure catalogue; empty when no row fits
	Text    string // what was seen, lower case, no trailing period
	Code    idp.ErrorCode
	Err     error // the cause, if an error of another part is it
}

// Error implements error.
func (f *Fault) Error() string { return fmt.Sprintf("%s: %s", f.Place, f.Text) }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

func fault(place Place, id, format string, args ...any) *Fault {
	return &Fault{Place: place, Failure: id, Text: fmt.Sprintf(format, args...), Code: idp.CodeFailed}
}

// unreachable is the fault of a place that gave no answer.
func unreachable(ctx context.Context, place Place, address string, err error) *Fault {
	f := fault(place, "GW22", "no answer from %s: %v", address, rootCause(err))
	f.Code, f.Err = idp.CodeUnreachable, err
	if ctx.Err() != nil {
		f.Err = errors.Join(err, context.Cause(ctx))
	}
	return f
}

// rootCause leaves out the wrappers that repeat method and URL.
func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// recognised returns the id of the row of the catalogue that quotes the text and can have
// happened at this kind of identity provider, or otherwise when there is none.
func recognised(kind idp.Kind, text, otherwise string) string {
	prefix := map[idp.Kind]string{idp.Keycloak: "KC", idp.Okta: "OK", idp.Cognito: "CG", idp.Entra: "EN"}[kind]
	for _, c := range failure.Match(text) {
		if at := c.Failure.ID[:2]; c.Confident() && (at == prefix || at == "ID") {
			return c.Failure.ID
		}
	}
	return otherwise
}
