package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mcpreg/mcpreg/idp"
)

// finish tells the error of a command, if any, and returns the exit code.
func (a *app) finish(ctx context.Context, executed *cobra.Command, args []string, err error) int {
	code := exitCode(ctx, err)
	var reported *reportedError
	if err == nil || errors.Is(err, errPending) || errors.As(err, &reported) {
		return code
	}
	told := tell(ctx, err)
	if wantsJSON(executed, args) {
		a.finishJSON(told)
	} else {
		a.finishText(told)
	}
	return code
}

// tell finds the words for an error.
func tell(ctx context.Context, err error) *idp.Error {
	var told *idp.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &idp.Error{Code: "interrupted", Message: "interrupted", Hint: "run the same command again to finish", Err: err}
	case errors.As(err, &told):
		if told.Message != err.Error() {
			return &idp.Error{Code: told.Code, Message: err.Error(), Hint: told.Hint, Failure: told.Failure, Err: err}
		}
		return told
	case errors.Is(err, context.DeadlineExceeded):
		return &idp.Error{Code: idp.CodeUnreachable, Message: "no answer in time: " + err.Error(), Hint: "try again, or give more time with --timeout", Err: err}
	case isCobraUsage(err):
		return &idp.Error{Code: idp.CodeUsage, Message: err.Error(), Hint: "see: mcpreg --help", Err: err}
	}
	return &idp.Error{Code: idp.CodeFailed, Message: err.Error(), Err: err}
}

// isCobraUsage recognises the errors of argument validation, which cobra does not type.
func isCobraUsage(err error) bool {
	return slices.ContainsFunc([]string{"unknown command ", "accepts ", "requires at least ", "required flag(s) ", "if any flags in the group "},
		func(prefix string) bool { return strings.HasPrefix(err.Error(), prefix) })
}

func (a *app) finishText(e *idp.Error) {
	const indent = "        "
	message := strings.ReplaceAll(wrap(e.Message, textWidth-len(indent)), "\n", "\n"+indent)
	fmt.Fprintf(a.Stderr, "mcpreg: %s\n", message)
	if e.Hint != "" {
		fmt.Fprintf(a.Stderr, "%s%s\n", indent, strings.ReplaceAll(wrap(e.Hint, textWidth-len(indent)), "\n", "\n"+indent))
	}
	if e.Failure != "" {
		fmt.Fprintf(a.Stderr, "%smore: mcpreg explain %s\n", indent, e.Failure)
	}
	if a.global.debug && e.Err != nil && e.Err.Error() != e.Message {
		fmt.Fprintf(a.Stderr, "%scause: %s\n", indent, e.Err)
	}
}

// jsonError is the one line that an error is under -o json.
type jsonError struct {
	Error struct {
		Code    idp.ErrorCode `json:"code"`
		Message string        `json:"message"`
		Failure string        `json:"failure,omitempty"`
		Hint    string        `json:"hint,omitempty"`
	} `json:"error"`
}

func (a *app) finishJSON(e *idp.Error) {
	var line jsonError
	line.Error.Code, line.Error.Message, line.Error.Failure, line.Error.Hint = e.Code, e.Message, e.Failure, e.Hint
	// Strings always encode; a broken standard error has nobody to be told.
	_ = json.NewEncoder(a.Stderr).Encode(line)
}

// wantsJSON looks at the flags as given too, for an error may precede their parsing.
func wantsJSON(executed *cobra.Command, args []string) bool {
	if executed != nil {
		if flag := executed.Flags().Lookup("output"); flag != nil && flag.Changed {
			return flag.Value.String() == "json"
		}
	}
	for i, arg := range args {
		if slices.Contains([]string{"-ojson", "-o=json", "--output=json"}, arg) ||
			((arg == "-o" || arg == "--output") && i+1 < len(args) && args[i+1] == "json") {
			return true
		}
	}
	return false
}
