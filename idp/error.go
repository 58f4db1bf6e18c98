package idp

// ErrorCode sorts failures by what can be done about them. The codes are part of the output
// contract: they appear in JSON errors and decide the exit code.
type ErrorCode string

// The codes of an [Error].
const (
	CodeUsage       ErrorCode = "usage"       // what was asked for makes no sense or is refused
	CodeAuth        ErrorCode = "auth"        // the credential was not accepted
	CodeForbidden   ErrorCode = "forbidden"   // the credential lacks a right
	CodeNotFound    ErrorCode = "not_found"   // the realm, pool or tenant does not exist
	CodeUnreachable ErrorCode = "unreachable" // no answer, or no room for one now
	CodeFailed      ErrorCode = "failed"      // anything else
)

// Error is a failure told to the person who runs mcpreg: what and where, and what to do.
type Error struct {
	Code    ErrorCode
	Message string // one sentence, lower case, no trailing period, no secret
	Hint    string // what to do, or empty
	Failure string // id in the failure catalogue, or empty
	Err     error  // the cause, or nil
}

// Error returns the message; the hint and the cause are told apart by whoever prints it.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
