// Package gateway is what mcpreg knows about an MCP Gateway & Registry without asking one:
// which settings a login needs and how each deployment spells them, which tokens it accepts,
// and in which release that changed. Everything here is pure.
package gateway

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/mcpreg/mcpreg/idp"
)

// Release is a release of the gateway. The zero Release is an unknown one, and counts as newer
// than all others: what is unknown is taken to behave as the newest does.
type Release struct{ Major, Minor, Patch int }

var releasePattern = regexp.MustCompile(`^\s*(?:release[-/])?v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:[-+.][0-9A-Za-z.+-]*)?\s*$`)

// ParseRelease reads a version as GET /api/version or a person gives it: 1.30.0, v1.29.0, 1.30,
// or git's description of a build, 1.29.0-12-gabc, which counts as the release it is based on.
// Whatever else, such as "dev", is the zero Release and an [*idp.Error] of [idp.CodeUsage].
func ParseRelease(version string) (Release, error) {
	m := releasePattern.FindStringSubmatch(version)
	if m == nil {
		return Release{}, &idp.Error{
			Code:    idp.CodeUsage,
			Message: fmt.Sprintf("%q is not a release of the gateway", version),
			Hint:    "name one such as 1.30.0",
		}
	}
	var part [3]int
	for i, digits := range m[1:] {
		part[i], _ = strconv.Atoi(digits) // at most six digits, or none at all
	}
	return Release{part[0], part[1], part[2]}, nil
}

// String returns the release as 1.30.0, or "unknown" for the zero Release.
func (r Release) String() string {
	if r == (Release{}) {
		return "unknown"
	}
	return fmt.Sprintf("%d.%d.%d", r.Major, r.Minor, r.Patch)
}

// Compare orders releases by age: negative when r is older than other.
func (r Release) Compare(other Release) int {
	switch zero := (Release{}); {
	case r == other:
		return 0
	case r == zero:
		return 1
	case other == zero:
		return -1
	}
	return cmp.Or(cmp.Compare(r.Major, other.Major), cmp.Compare(r.Minor, other.Minor), cmp.Compare(r.Patch, other.Patch))
}

// Plausible reports whether a gateway can be believed to be that release. A real 1.30 calls
// itself 1.0.0, and nothing before 1.24.0 could be asked for connect settings at all.
func (r Release) Plausible() bool {
	return r != (Release{}) && r.Compare(Release{1, 24, 0}) >= 0
}

// DetectsMCPPath reports whether the release leaves /mcp off a connect URL when the server's
// proxy URL already ends so and append_mcp_path is unset. From 1.29.0 unset means append.
func (r Release) DetectsMCPPath() bool { return !r.Has(ExplicitMCPPath) }
