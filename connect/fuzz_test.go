package connect_test

import (
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
)

func FuzzServerName(f *testing.F) {
	f.Add("Current Time", "/time")
	f.Add("--flag\n\x00", "/-/--")
	f.Add("$(id)`id`'\"", "")
	f.Fuzz(func(t *testing.T, display, path string) {
		name := connect.ServerName(display, path)
		if name == "" || name[0] == '-' || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%q", name)
		}
	})
}

// What the registry holds can neither leave the gateway's origin nor break a line.
func FuzzURL(f *testing.F) {
	f.Add("/time", "", false)
	f.Add("//evil.example/\n", "", true)
	f.Add("/x", "https://time.example.com/rpc", true)
	f.Add("/x", "https://u:p@h/\r\nHost: x", true)
	f.Fuzz(func(t *testing.T, path, endpoint string, appended bool) {
		for _, kind := range idp.Kinds() {
			got, _, err := connect.URL(kind, "https://gw.example.com", connect.Server{Path: path, MCPEndpoint: endpoint, AppendMCPPath: &appended}, connect.AppendUnlessFalse)
			if err != nil {
				wantUsage(t, err)
				continue
			}
			if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.HasPrefix(got, "-") {
				t.Errorf("%q", got)
			}
			if endpoint == "" && !strings.HasPrefix(got, "https://gw.example.com/") {
				t.Errorf("%q leaves the origin", got)
			}
			if _, err := connect.CodexCallbackID(got); err != nil {
				t.Errorf("%q: %v", got, err)
			}
		}
	})
}

func FuzzRedirects(f *testing.F) {
	f.Add("https://gw.example.com/time/mcp", 0, false)
	f.Add("https://gw.example.com/a#b", 1, true)
	f.Add("http://[::1]:8080/..//x?y='", 65535, true)
	f.Fuzz(func(t *testing.T, url string, port int, strict bool) {
		for _, kind := range idp.Kinds() {
			uris, _, err := connect.Redirects(kind, connect.DefaultAssistants(), []string{url}, connect.RedirectOptions{Port: port, Strict: strict})
			if err != nil {
				wantUsage(t, err)
				continue
			}
			for i, uri := range uris {
				if _, err := idp.ParseRedirectURI(uri.String()); err != nil {
					t.Error(err)
				}
				if uri.Wildcard() && (kind != idp.Keycloak || strict) {
					t.Errorf("%s: %s", kind, uri)
				}
				if i > 0 && uris[i-1].String() >= uri.String() {
					t.Errorf("%s after %s", uri, uris[i-1])
				}
			}
		}
	})
}

// What a shell hands to the program is what was meant, whatever the client id: sh itself is
// asked; for cmd.exe and the C runtime behind it stands a reader of their documented rules.
func FuzzQuoting(f *testing.F) {
	for _, id := range hostile {
		f.Add(id)
	}
	assistants := connect.DefaultAssistants()
	f.Fuzz(func(t *testing.T, id string) {
		c, err := connect.Connect(connect.Request{Kind: idp.Cognito, Assistant: assistants[0], Name: "x", URL: "https://gw.example.com/x%20y/mcp", ClientID: id})
		if err != nil {
			wantUsage(t, err)
			return
		}
		if id == "" {
			return
		}
		want := []string{"mcp", "add", "--transport", "http", "--client-id", id, "--callback-port", "8787", "x", "https://gw.example.com/x%20y/mcp"}
		if strings.ContainsFunc(id, unicode.IsControl) {
			t.Fatalf("%q is accepted", id)
		}
		line := strings.Replace(text(c, connect.Command, connect.Sh), "claude", `printf %s\\n`, 1)
		out, err := exec.CommandContext(t.Context(), "sh", "-c", line).Output()
		if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != strings.Join(want, "\n") {
			t.Errorf("sh: %v %q", err, got)
		}
		if got := readCmd(t, text(c, connect.Command, connect.Cmd))[1:]; strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("cmd: %q", got)
		}
	})
}

// readCmd splits a line as cmd.exe and then the Microsoft C runtime do: %% is a percent sign
// that starts nothing, %cd:~,% is empty, nothing else is special inside double quotes; 2n
// backslashes before a double quote are n, and two double quotes inside quotes are one.
func readCmd(t *testing.T, line string) []string {
	t.Helper()
	line = strings.ReplaceAll(line, "%%cd:~,%", "\x00")
	if strings.Contains(line, "%") {
		t.Errorf("a bare percent sign in %s", line)
	}
	line = strings.ReplaceAll(line, "\x00", "%")
	var args []string
	var arg strings.Builder
	quoted, backslashes := false, 0
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '\\' {
			backslashes++
			continue
		}
		if c == '"' {
			arg.WriteString(strings.Repeat(`\`, backslashes/2))
		} else {
			arg.WriteString(strings.Repeat(`\`, backslashes))
		}
		escaped := c == '"' && backslashes%2 == 1
		backslashes = 0
		switch {
		case escaped:
			t.Errorf("cmd.exe takes the escaped double quote at %d of %s for a closing one", i, line)
		case c == '"' && quoted && i+1 < len(line) && line[i+1] == '"':
			arg.WriteByte(c)
			i++
		case c == '"':
			quoted = !quoted
		case c == ' ' && !quoted:
			args = append(args, arg.String())
			arg.Reset()
		case !quoted && strings.IndexByte("&|<>^()", c) >= 0:
			t.Errorf("%c outside quotes in %s", c, line)
		default:
			arg.WriteByte(c)
		}
	}
	if quoted {
		t.Errorf("open quotes in %s", line)
	}
	arg.WriteString(strings.Repeat(`\`, backslashes))
	return append(args, arg.String())
}
