package connect

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// urlText holds the characters of RFC 3986. Everything else, control characters and spaces
	// first, would be spelt differently by each assistant.
	urlText      = regexp.MustCompile(`^(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$`)
	hostName     = regexp.MustCompile(`^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$`)
	numericLabel = regexp.MustCompile(`^(?:[0-9]+|0[xX][0-9A-Fa-f]*)$`)
)

// parseURL checks that text is an absolute http or https URL that every assistant spells alike:
// ASCII, no user information (it would end in a file), a plain host. A fragment is refused.
func parseURL(what, text string) (*url.URL, error) {
	u, err := parseURLWithFragment(what, text)
	if err != nil {
		return nil, err
	}
	if strings.Contains(text, "#") {
		return nil, usage(fmt.Sprintf("%s has a fragment: %q", what, text), "leave out # and what follows")
	}
	return u, nil
}

func parseURLWithFragment(what, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, usage(fmt.Sprintf("%s is not an absolute http or https URL: %q", what, text), "give it in full, as in https://gw.example.com/currenttime/mcp")
	case u.User != nil:
		return nil, usage(what+" carries user information", "leave out what stands before the @: it would be stored in clear text")
	case !urlText.MatchString(text):
		return nil, usage(fmt.Sprintf("%s holds characters that do not belong in a URL: %q", what, text), "percent-encode them; spell an international host name with xn--")
	case !plainHost(u.Hostname()) || !plainPort(u.Port()):
		return nil, usage(fmt.Sprintf("%s has an unusual host or port: %q", what, text), "use a host name, a dotted IPv4 address or an IPv6 address in brackets")
	}
	return u, nil
}

// plainHost reports whether host is a name or an address without a shorthand, such as 127.1,
// that assistants would expand.
func plainHost(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Zone() == "" && !address.Is4In6()
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	return hostName.MatchString(host) && !numericLabel.MatchString(labels[len(labels)-1])
}

func plainPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || (err == nil && n >= 1 && n <= 65535)
}

// canonicalURL spells an http or https URL as the WHATWG URL standard does: scheme and host in
// lower case, no default port, dot segments resolved, an empty path becomes /, no fragment.
// Query, trailing slash, case and percent-encoding of the path stay.
func canonicalURL(text string) (string, error) {
	u, err := parseURLWithFragment("the server's URL", text)
	if err != nil {
		return "", err
	}
	host := strings.ToLower(u.Hostname())
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
		host = "[" + address.String() + "]"
	}
	if port, _ := strconv.Atoi(u.Port()); port != 0 && port != map[string]int{"http": 80, "https": 443}[u.Scheme] {
		host += ":" + strconv.Itoa(port)
	}
	text, _, _ = strings.Cut(text, "#")
	text, query, hasQuery := strings.Cut(text, "?")
	canonical := u.Scheme + "://" + host + resolveDots(rawPath(text))
	if hasQuery {
		canonical += "?" + strings.ReplaceAll(query, "'", "%27")
	}
	return canonical, nil
}

// rawPath cuts the path out of an absolute URL without decoding it.
func rawPath(text string) string {
	_, rest, _ := strings.Cut(text, "://")
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

// hasDotSegment reports whether an assistant would resolve part of the path away.
func hasDotSegment(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(segment string) bool {
		segment = strings.ReplaceAll(strings.ToLower(segment), "%2e", ".")
		return segment == "." || segment == ".."
	})
}

// encodePath percent-encodes what may not stand in a path. Paths come from whoever registers
// servers.
func encodePath(path string) string {
	var encoded strings.Builder
	for i := range len(path) {
		c := path[i]
		switch {
		case c == '%' && len(path) > i+2 && urlText.MatchString(path[i:i+3]), c == '/', pathByte(c):
			encoded.WriteByte(c)
		default:
			fmt.Fprintf(&encoded, "%%%02X", c)
		}
	}
	return encoded.String()
}

// pathByte reports whether c is a pchar of RFC 3986 section 3.3.
func pathByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~!$&'()*+,;=:@", c) >= 0
}
