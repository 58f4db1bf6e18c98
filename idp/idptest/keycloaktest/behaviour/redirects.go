package behaviour

import "strings"

// addresses are the redirect URIs that every registered entry is asked for.
func addresses() []string {
	return []string{
		"http://localhost/callback", "http://localhost:8787/callback", "http://localhost:1/callback", "http://localhost:/callback", "http://localhost:abc/callback",
		"http://127.0.0.1/callback", "http://127.0.0.1:8787/callback", "http://[::1]/callback", "http://[::1]:8787/callback",
		"https://localhost:8787/callback", "http://LOCALHOST:8787/callback", "HTTP://localhost:8787/callback",
		"http://localhost:8787/callback/", "http://localhost:8787/callback/6MFBM1In3Ey-", "http://localhost:8787/callback/a/b",
		"http://localhost:8787/callback?x=1", "http://localhost:8787/callback/?x=1", "http://localhost:8787/callback#f",
		"http://localhost:8787/Callback", "http://localhost:8787/callbackx", "http://localhost:8787/other", "http://localhost:8787/", "http://localhost:8787",
		"http://localhost:8787/callback/../other", "http://localhost:8787/callback/%2e%2e/other", "http://localhost:8787/callback/..%2fother",
		"http://localhost:8787/callback/%252e%252e/x", "http://localhost:8787/callback/..", "http://localhost:8787/callback/./x", "http://localhost:8787/callback/a..b",
		"http://localhost.evil.example/callback", "http://localhost:8787@evil.example/callback", "http://user@localhost:8787/callback",
		"http://127.0.0.2:8787/callback", "http://evil.example/callback",
		"cursor://anysphere.cursor-mcp/oauth/callback", "cursor://anysphere.cursor-mcp/oauth/other",
		"javascript:alert(1)", "/callback", "http://localhost:8787/call back", "http://localhost:8787/callback/%zz",
	}
}

// redirects has one row for each registered entry: the addresses that it admits.
func redirects() []Row {
	below := []string{
		"http://localhost/callback", "http://localhost:8787/callback", "http://localhost:1/callback", "http://localhost:/callback",
		"http://localhost:8787/callback/", "http://localhost:8787/callback/6MFBM1In3Ey-", "http://localhost:8787/callback/a/b",
		"http://localhost:8787/callback?x=1", "http://localhost:8787/callback/?x=1", "http://localhost:8787/callback#f",
	}
	plainDots := []string{"http://localhost:8787/callback/./x", "http://localhost:8787/callback/a..b"}
	others := []string{"http://localhost:8787/Callback", "http://localhost:8787/callbackx", "http://localhost:8787/other", "http://localhost:8787/", "http://localhost:8787"}
	table := []struct {
		entry  string
		admits [][]string
	}{
		{"http://localhost/callback", [][]string{{"http://localhost/callback", "http://localhost:8787/callback", "http://localhost:1/callback", "http://localhost:/callback"}}},
		{"http://127.0.0.1/callback", [][]string{{"http://127.0.0.1/callback", "http://127.0.0.1:8787/callback"}}},
		{"http://[::1]/callback", [][]string{{"http://[::1]/callback", "http://[::1]:8787/callback"}}},
		{"http://localhost:8787/callback", [][]string{{"http://localhost:8787/callback"}}},
		{"http://localhost/callback/*", [][]string{below, plainDots}},
		{"http://127.0.0.1:8787/callback/*", [][]string{{"http://127.0.0.1:8787/callback"}}},
		{"http://127.0.0.1/callback/*", [][]string{{"http://127.0.0.1/callback", "http://127.0.0.1:8787/callback"}}},
		{"http://localhost/callback/6MFBM1In3Ey-", [][]string{{"http://localhost:8787/callback/6MFBM1In3Ey-"}}},
		{"http://localhost/callback*", [][]string{below, {"http://localhost:8787/callbackx"}, plainDots}},
		{"http://localhost/*", [][]string{below, others, plainDots}},
		{"http://localhost*", [][]string{below, others, plainDots}},
		{"http://localhost:*/callback", nil},
		{"http://LOCALHOST/callback", nil},
		{"https://localhost/callback", nil},
		{"/callback", nil},
		{"http://localhost:8787/callback?*", nil},
		{"http://localhost/callback?x=1", [][]string{{"http://localhost:8787/callback?x=1"}}},
		{"http://user@localhost/callback", [][]string{{"http://user@localhost:8787/callback"}}},
		{"cursor://anysphere.cursor-mcp/oauth/callback", [][]string{{"cursor://anysphere.cursor-mcp/oauth/callback"}}},
		{"*", [][]string{allButStrange()}},
	}
	var rows []Row
	for _, line := range table {
		var want []string
		for _, part := range line.admits {
			want = append(want, part...)
		}
		rows = append(rows, Row{Name: "redirect " + line.entry, Want: strings.Join(want, "\n"), observe: func(b *Bench) string {
			b.must(fields{"publicClient": true, "redirectUris": []string{line.entry}})
			return b.admitted()
		}})
	}
	return rows
}

// allButStrange are the addresses that a lone * admits: everything that is http or https, or has
// no scheme, and can be read.
func allButStrange() []string {
	var list []string
	for _, address := range addresses() {
		switch {
		case strings.HasPrefix(address, "cursor:"), strings.HasPrefix(address, "javascript:"), strings.HasSuffix(address, " back"), strings.HasSuffix(address, "%zz"):
		default:
			list = append(list, address)
		}
	}
	return list
}

// admitted lists the addresses for which the row's client gets a login form.
func (b *Bench) admitted() string {
	var list []string
	for _, address := range addresses() {
		if got := b.authorize(parameters{"redirect_uri": {address}, "scope": {"openid"}}); got == "200 login form" {
			list = append(list, address)
		} else if got != "400 Invalid parameter: redirect_uri" {
			list = append(list, address+" "+got)
		}
	}
	return strings.Join(list, "\n")
}
