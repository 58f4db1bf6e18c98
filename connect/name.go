package connect

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	// spaces are those of JavaScript's \s, in which the dialog is written.
	spaces       = regexp.MustCompile(`[\s\v\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]+`)
	notInASlug   = regexp.MustCompile(`[^a-z0-9-]`)
	fallbackName = "mcp-server"
)

// ServerName returns the name under which an assistant stores a server: the slug of its display
// name as the registry's Connect dialog makes it, else that of its path. Names come from
// whoever registers servers, so it never is empty and never starts with a dash, which a command
// would take for a flag.
func ServerName(displayName, path string) string {
	for _, text := range []string{displayName, strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")} {
		slug := notInASlug.ReplaceAllString(spaces.ReplaceAllString(strings.ToLower(text), "-"), "")
		if slug = strings.TrimLeft(slug, "-"); slug != "" {
			return slug
		}
	}
	return fallbackName
}

// NameOfURL returns the name of a server that is known by its connect URL only: the slug of the
// path, without the /mcp that the gateway adds.
func NameOfURL(connectURL string) string {
	u, err := url.Parse(connectURL)
	if err != nil {
		return fallbackName
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/mcp")
	return ServerName("", path)
}

// NamesOfURLs returns a name for each of several servers, no two alike: an assistant would
// replace the first of two that share a name, or refuse the second.
func NamesOfURLs(connectURLs []string) []string {
	names := make([]string, 0, len(connectURLs))
	for _, u := range connectURLs {
		base := NameOfURL(u)
		name := base
		for n := 2; slices.Contains(names, name); n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		names = append(names, name)
	}
	return names
}
