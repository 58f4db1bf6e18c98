// Package connect is what mcpreg knows of coding assistants: which redirect URI each one sends,
// which URL it connects to, and what is pasted to connect it. It is pure: no network, no files,
// no clock.
//
// Assistants change between releases, so their behaviour is a table with a source and a date,
// not code.
package connect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/mcpreg/mcpreg/idp"
)

// Assistant is a program that connects to MCP servers, and how it logs in.
type Assistant struct {
	ID   string // as on the command line
	Name string // as its vendor writes it
	// Login tells that it can log in with a client id that is given to it. The others are
	// connected with a token, or register themselves.
	Login bool
	// Source says where the behaviour comes from, and VerifiedOn when (ISO 8601 date).
	Source, VerifiedOn string

	fixed     []string // redirect URIs of its vendor, sent as they are
	fixedPort int      // the only callback port it uses; 0 when any may be given
	perServer bool     // appends an id of the server's URL to the callback path
}

// TakesPort reports whether the assistant can be told its callback port.
func (a Assistant) TakesPort() bool { return a.Login && a.fixedPort == 0 && len(a.fixed) == 0 }

const (
	measured = "full logins with the released program"
	vendor   = "the vendor's documentation"
	dialog   = "the registry's Connect dialog, release 1.30"
)

// DefaultPort is the callback port where one must be chosen. It is the one that Cursor always
// uses, so that one redirect URI serves every assistant.
const DefaultPort = 8787

// callbackPath is the path on loopback that every assistant with a login listens on.
const callbackPath = "/callback"

// Assistants returns the catalogue, in the order of help and output.
func Assistants() []Assistant {
	return []Assistant{
		{ID: "claude-code", Name: "Claude Code", Login: true, Source: measured + ", 2.1.330", VerifiedOn: "2026-11-24"},
		{ID: "cursor", Name: "Cursor", Login: true, Source: measured + ": Cursor's own MCP class, @cursor/sdk 1.0.32", VerifiedOn: "2026-11-24", fixedPort: 8787},
		{ID: "codex", Name: "Codex", Login: true, Source: measured + ", 0.142.5 to 0.169.0", VerifiedOn: "2026-11-24", perServer: true},
		{ID: "cursor-legacy", Name: "Cursor (older desktop)", Login: true, Source: vendor, VerifiedOn: "2026-11-23", fixed: []string{"cursor://anysphere.cursor-mcp/oauth/callback"}},
		{ID: "cursor-web", Name: "Cursor (web agents)", Login: true, Source: vendor, VerifiedOn: "2026-11-23", fixed: []string{"https://www.cursor.com/agents/mcp/oauth/callback"}},
		{ID: "roo-code", Name: "Roo Code", Source: dialog, VerifiedOn: "2026-11-23"},
		{ID: "kiro", Name: "Kiro", Source: dialog, VerifiedOn: "2026-11-23"},
		{ID: "goose", Name: "Goose", Source: dialog, VerifiedOn: "2026-11-23"},
		{ID: "vscode", Name: "VS Code", Source: dialog, VerifiedOn: "2026-11-23"},
		{ID: "curl", Name: "curl", Source: dialog, VerifiedOn: "2026-11-23"},
	}
}

// DefaultAssistants returns those that are meant when none is named.
func DefaultAssistants() []Assistant {
	return slices.DeleteFunc(Assistants(), func(a Assistant) bool {
		return !slices.Contains([]string{"claude-code", "cursor", "codex"}, a.ID)
	})
}

// ParseAssistants returns the assistants of those ids, each once, in the catalogue's order. An
// unknown id is an [*idp.Error] of [idp.CodeUsage] that names the nearest one.
func ParseAssistants(ids []string) ([]Assistant, error) {
	for _, id := range ids {
		if !slices.ContainsFunc(Assistants(), func(a Assistant) bool { return a.ID == id }) {
			return nil, unknownAssistant(id)
		}
	}
	return slices.DeleteFunc(Assistants(), func(a Assistant) bool { return !slices.Contains(ids, a.ID) }), nil
}

func unknownAssistant(id string) error {
	var names []string
	nearest, best := "", 0.0
	for _, a := range Assistants() {
		names = append(names, a.ID)
		if likeness := levenshtein.Match(id, a.ID, nil); likeness > best {
			nearest, best = a.ID, likeness
		}
	}
	message := fmt.Sprintf("unknown assistant %q", id)
	if best > 0.5 {
		message += fmt.Sprintf("; did you mean %s?", nearest)
	}
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: "known are " + strings.Join(names, ", ")}
}
