package registrytest

import (
	"fmt"
	"slices"
)

// release is a release of the gateway: major, minor, patch.
type release [3]int

// recordedRelease is the one that the recordings are from, and what holds where none is named.
func recordedRelease() release { return release{1, 30, 0} }

// parseRelease reads a release; the recorded one when the text is empty. The oldest is 1.24.4, which
// brought changes of servers over HTTP.
func parseRelease(text string) (release, error) {
	r := recordedRelease()
	if text == "" {
		return r, nil
	}
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &r[0], &r[1], &r[2]); err != nil {
		return r, fmt.Errorf("release %q: want three numbers, such as 1.24.7", text)
	}
	if r.before(release{1, 24, 4}) {
		return r, fmt.Errorf("release %s is older than 1.24.4", text)
	}
	return r, nil
}

func (r release) before(other release) bool { return slices.Compare(r[:], other[:]) < 0 }

// span is the releases in which a rule holds: from the first one on, up to but without the last one,
// each zero for no bound.
type span struct{ from, until release }

// spans are the rules that do not hold in every release. Release 1.30.0 was recorded; the others are
// from the gateway's release notes, and were not seen.
func spans() map[Rule]span {
	return map[Rule]span{
		ConnectSettingsRead:      {from: release{1, 24, 5}},
		OverridesKnown:           {from: release{1, 24, 7}},
		ConfigForSessionsOnly:    {from: release{1, 26, 0}},
		ConnectScopeKnown:        {from: release{1, 27, 0}},
		OktaAudienceChecked:      {from: release{1, 27, 0}},
		WildcardRulesRefused:     {from: release{1, 27, 1}},
		AccountAudienceRefused:   {from: release{1, 28, 0}},
		StrictScopeConfig:        {from: release{1, 28, 0}},
		MetadataPerServerOnEntra: {from: release{1, 29, 0}},
		SlashedPathsStay:         {until: release{1, 32, 0}},
		WholeDocumentsWritten:    {until: release{1, 32, 0}},
		RepeatedContentTypes:     {until: release{1, 32, 0}},
	}
}

// holds tells whether a rule is on, and one of the release.
func (now *snapshot) holds(r Rule) bool {
	if now.Off[r] {
		return false
	}
	s, ok := now.spans[r]
	return !ok || !now.release.before(s.from) && (s.until == release{} || now.release.before(s.until))
}

// forget drops what the release does not know from the configuration.
func (now *snapshot) forget() {
	if !now.holds(ConnectSettingsRead) {
		now.ClientID, now.CallbackPort = "", 0
		now.AdvertisedScopes = defaultScopes()
	}
	if !now.holds(ConnectScopeKnown) {
		now.ConnectScope = ""
	}
}

// forgetOverrides drops a server's own overrides where the release does not know them.
func (now *snapshot) forgetOverrides(s Server) Server {
	if now.holds(OverridesKnown) {
		return s
	}
	s.OAuthClientID, s.AppendMCPPath = nil, nil
	stored := map[string]any{}
	for field, value := range s.Stored {
		if field != "oauth_client_id" && field != "append_mcp_path" {
			stored[field] = value
		}
	}
	s.Stored = stored
	return s
}
