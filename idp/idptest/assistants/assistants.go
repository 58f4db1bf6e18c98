// Package assistants drives the real coding assistants as a person does: it pastes what was
// printed for them, logs in where they ask for it, and reads what they say of the connection.
//
// Claude Code and Codex are the programs that their makers publish. Cursor cannot be installed by
// a package manager; a script on the MCP SDK that Cursor builds on stands for it, and keeps
// Cursor's own rules for its configuration file, redirect URI and scopes.
package assistants

import "testing"

// Assistant is one program in the home of one [World].
type Assistant interface {
	// Paste does with a snippet what its reader would do. A command that begins a login is given
	// one. The error is what the identity provider or the program said against it.
	Paste(t testing.TB, snippet Snippet) error
	// Login logs in to a configured server.
	Login(t testing.TB, server string) error
	// LoginAgain logs in after the tokens of the last login are gone.
	LoginAgain(t testing.TB, server string) error
	// Tools has the program connect to a configured server with the tokens that it holds.
	Tools(t testing.TB, server string) Status
}

// Status is what an assistant says of its connection to a server.
type Status struct {
	Connected bool     // it reached the server as somebody whom the server lets in
	Tools     []string // their names, sorted; Claude Code does not name them
	Said      string   // its own words, for failure messages
}

// Snippet is something to paste: a command, or text for a file.
type Snippet struct {
	Path string // of the file, "~" being the home and a relative path in the project; empty for a command
	Text string
}
