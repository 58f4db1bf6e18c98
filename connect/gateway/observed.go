package gateway

// Observed is the release that the answers of a registry speak for: the version that it names if
// that is plausible, else what its connect settings show. Those of 1.27.0 and newer have the field
// connect_scope, null or not; an answer without it comes from an older release, taken for 1.26.0.
// One without append_mcp_path comes from a release that does not know overrides, taken for 1.24.5.
// With both fields the release stays unknown, the zero [Release].
func Observed(version string, hasAppendMCPPath, hasConnectScope bool) Release {
	release, err := ParseRelease(version)
	switch {
	case err == nil && release.Plausible():
		return release
	case !hasAppendMCPPath:
		return Release{1, 24, 5}
	case !hasConnectScope:
		return Release{1, 26, 0}
	}
	return Release{}
}
