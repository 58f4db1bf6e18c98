package cmd

import (
	"context"
	"errors"

	"github.com/mcpreg/mcpreg/connect/login"
	"github.com/mcpreg/mcpreg/idp"
)

// Exit codes. They are a contract: `mcpreg help exit-codes` documents them.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitPending     = 2
	ExitPartly      = 3
	ExitAuth        = 4
	ExitUsage       = 5
	ExitNotFound    = 6
	ExitUnreachable = 7
	ExitInterrupted = 130
)

// errPending ends a command whose result was printed and which found changes pending.
var errPending = errors.New("changes pending")

// errDeclined ends a command whose question was answered with no.
var errDeclined = errors.New("nothing was changed")

// partlyError reports that some changes were made and some were not.
type partlyError struct{ err error }

func (e *partlyError) Error() string { return e.err.Error() }
func (e *partlyError) Unwrap() error { return e.err }

func usageError(message, hint string) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint}
}

// exitCode decides the exit code of an error. An interruption comes first, for whoever pressed
// Ctrl-C; then work half done, for whoever must go on.
func exitCode(ctx context.Context, err error) int {
	var partly *partlyError
	var told *idp.Error
	var fault *login.Fault
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(ctx.Err(), context.Canceled):
		return ExitInterrupted
	case errors.Is(err, errPending):
		return ExitPending
	case errors.As(err, &partly):
		return ExitPartly
	case errors.Is(err, context.DeadlineExceeded):
		return ExitUnreachable
	case errors.As(err, &fault):
		return codeExits(fault.Code)
	case errors.As(err, &told):
		return codeExits(told.Code)
	case isCobraUsage(err):
		return ExitUsage
	}
	return ExitFailed
}

func codeExits(code idp.ErrorCode) int {
	switch code {
	case idp.CodeUsage:
		return ExitUsage
	case idp.CodeAuth, idp.CodeForbidden:
		return ExitAuth
	case idp.CodeNotFound:
		return ExitNotFound
	case idp.CodeUnreachable:
		return ExitUnreachable
	case idp.CodeFailed:
		return ExitFailed
	}
	return ExitFailed
}
