package connect

import (
	"crypto/sha256"
	"encoding/base64"
)

// CodexCallbackID returns the segment that Codex appends to its callback path for a server: the
// first nine bytes of the SHA-256 of the canonical server URL, in base64url, twelve characters
// (measured on Codex 0.131 to 0.169). The URL is canonical as the WHATWG URL standard has it:
// scheme and host in lower case, no default port, dot segments resolved, an empty path becomes
// /, the fragment is dropped; query, trailing slash, case and percent-encoding of the path stay.
// A URL that is not absolute http or https is an [*idp.Error] of [idp.CodeUsage].
func CodexCallbackID(serverURL string) (string, error) {
	canonical, err := canonicalURL(serverURL)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(canonical))
	return base64.RawURLEncoding.EncodeToString(sum[:9]), nil
}
