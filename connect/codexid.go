package connect

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
)

// CodexCallbackID returns the segment that Codex appends to its callback path for a server: the
// first nine bytes of the SHA-256 of the canonical server URL, in base64url, twelve characters.
// The URL is canonical as the WHATWG URL standard has it: scheme and host in lower case, no
// default port, dot segments resolved, an empty path becomes /, the fragment is dropped; query,
// trailing slash, case and percent-encoding of the path stay.
func CodexCallbackID(serverURL string) (string, error) {
	u, err := parseCodexURL(serverURL)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(u))
	return base64.RawURLEncoding.EncodeToString(sum[:9]), nil
}

func parseCodexURL(serverURL string) (string, error) {
	text, _, _ := strings.Cut(serverURL, "#")
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (!strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https")) {
		_, err := parseURL("the server's URL", serverURL)
		if err == nil {
			err = usage("the server's URL cannot be made canonical", "")
		}
		return "", err
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if port := u.Port(); (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Path, u.RawPath = "", ""
	query, hasQuery := u.RawQuery, u.RawQuery != "" || u.ForceQuery
	u.RawQuery, u.ForceQuery = "", false
	canonical := u.String() + resolveDots(rawPath(text))
	if hasQuery {
		canonical += "?" + query
	}
	return canonical, nil
}

// rawPath cuts the path out of an absolute URL without decoding it.
func rawPath(text string) string {
	_, rest, _ := strings.Cut(text, "://")
	rest, _, _ = strings.Cut(rest, "?")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// resolveDots removes dot segments and keeps everything else, empty segments too.
func resolveDots(path string) string {
	var kept []string
	segments := strings.Split(path, "/")[1:]
	for i, segment := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".":
		case "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
		default:
			kept = append(kept, segment)
			continue
		}
		if last {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}
