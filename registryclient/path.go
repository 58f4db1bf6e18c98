package registryclient

import (
	"fmt"
	"net/url"
	"strings"
)

// apiServer is the route prefix of one server.
const apiServer = "/api/servers"

// escapeServerPath turns the path of a server, with or without slashes at its ends, into the
// part of a URL path that follows a prefix: it starts with a slash and ends without one. The
// registry finds a server under both forms of its trailing slash. An empty path, an empty
// segment (the edge merges slashes, so nothing is ever found there) and dot segments are
// refused.
func escapeServerPath(path string) (string, error) {
	var escaped strings.Builder
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		switch segment {
		case "":
			return "", fmt.Errorf("server path %q: %w: it has an empty segment", path, ErrServerPath)
		case ".", "..":
			return "", fmt.Errorf("server path %q: %w: it has a dot segment", path, ErrServerPath)
		}
		escaped.WriteString("/" + url.PathEscape(segment))
	}
	return escaped.String(), nil
}

// samePath reports whether two server paths differ in slashes at their ends at most.
func samePath(a, b string) bool { return strings.Trim(a, "/") == strings.Trim(b, "/") }

// checkAnswered refuses an answer about another thing than the server asked for: a route of the
// registry that hides the server's own.
func checkAnswered(asked, answered string) error {
	if samePath(asked, answered) {
		return nil
	}
	return fmt.Errorf("server %s: %w: a route of the registry hides it", asked, ErrServerPath)
}
