package registryclient_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/registryclient"
)

// Each patch must be the recorded body, and its answer is read as the recorded one says.
func TestPatchServer(t *testing.T) {
	t.Parallel()
	text, flag := registryclient.Value[string], registryclient.Value[bool]
	for _, test := range []struct {
		file     string
		exchange int
		path     string
		patch    registryclient.ServerPatch
	}{
		{"18-patch-client-id", 0, "/currenttime", registryclient.ServerPatch{OAuthClientID: text("currenttime-ide")}},
		{"18-patch-client-id", 3, "/currenttime", registryclient.ServerPatch{OAuthClientID: registryclient.Null[string]()}},
		{"19-patch-append", 0, "/currenttime", registryclient.ServerPatch{AppendMCPPath: flag(false)}},
		{"19-patch-append", 1, "currenttime/", registryclient.ServerPatch{AppendMCPPath: flag(true)}},
		{"19-patch-append", 3, "/currenttime", registryclient.ServerPatch{OAuthClientID: text("both-ide"), AppendMCPPath: flag(false)}},
		{"19-patch-append", 4, "/currenttime", registryclient.ServerPatch{OAuthClientID: registryclient.Null[string](), AppendMCPPath: registryclient.Null[bool]()}},
		{"21-patch-bad-body", 11, "/rec-plain", registryclient.ServerPatch{OAuthClientID: text("")}},
	} {
		client := recordedWrite(t, test.file, test.exchange)
		server, err := client.PatchServer(t.Context(), test.path, test.patch, "")
		if err != nil {
			t.Errorf("%s %d: %v", test.file, test.exchange, err)
			continue
		}
		if !test.patch.OAuthClientID.IsZero() && !server.OAuthClientID.Equal(test.patch.OAuthClientID) || !test.patch.AppendMCPPath.IsZero() && !server.AppendMCPPath.Equal(test.patch.AppendMCPPath) {
			t.Errorf("%s %d: stored %v %v", test.file, test.exchange, server.OAuthClientID, server.AppendMCPPath)
		}
	}
}

func TestPatchServerRefusals(t *testing.T) {
	t.Parallel()
	x := registryclient.ServerPatch{OAuthClientID: registryclient.Value("x")}
	for _, test := range []struct {
		file     string
		exchange int
		path     string
		is       error
		message  string
	}{
		{"22-patch-errors", 0, "/nosuch", registryclient.ErrNotFound, "Server not found at path '/nosuch'"},
		{"22-patch-errors", 2, "/fininfo", registryclient.ErrForbidden, "You do not have permission to modify server Financial Info"},
		{"22-patch-errors", 3, "/currenttime", registryclient.ErrForbidden, "You can only patch servers you registered"},
	} {
		_, err := recordedWrite(t, test.file, test.exchange).PatchServer(t.Context(), test.path, x, "")
		var answer *registryclient.Error
		if !errors.Is(err, test.is) || !errors.As(err, &answer) || answer.Message != test.message {
			t.Errorf("%s %d: %v", test.file, test.exchange, err)
		}
	}
	untouched, _ := answering(t, func(http.ResponseWriter, *http.Request) { t.Error("an empty patch was sent") })
	if _, err := untouched.PatchServer(t.Context(), "/x", registryclient.ServerPatch{}, ""); err == nil {
		t.Error("an empty patch is accepted")
	}
}

// A server stored with a slash at its end cannot be saved; the registry does not say why.
func TestPatchServerStoredWithASlash(t *testing.T) {
	t.Parallel()
	var recording struct{ Exchanges []exchange }
	readRecording(t, "25-patch-stored-slash", &recording)
	client, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			recording.Exchanges[2].write(w)
			return
		}
		recording.Exchanges[1].write(w)
	})
	_, err := client.PatchServer(t.Context(), "/rec-slash", registryclient.ServerPatch{OAuthClientID: registryclient.Value("x")}, "")
	if !errors.Is(err, registryclient.ErrTrailingSlash) || !errors.Is(err, registryclient.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// A change that got no answer may have been made: it is not sent again.
func TestPatchServerIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, status := range []int{500, 502, 503, 504} {
		var sent atomic.Int32
		client, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { sent.Add(1); w.WriteHeader(status) })
		if _, err := client.PatchServer(t.Context(), "/x", registryclient.ServerPatch{AppendMCPPath: registryclient.Value(false)}, ""); err == nil || sent.Load() != 1 {
			t.Errorf("%d: %v after %d requests", status, err, sent.Load())
		}
	}
}

// recordedWrite returns a client whose one write must be the recorded one, and is answered as it
// was.
func recordedWrite(t *testing.T, file string, n int) *registryclient.Client {
	t.Helper()
	var recording struct{ Exchanges []exchange }
	readRecording(t, file, &recording)
	var sent struct {
		Exchanges []struct {
			Request struct {
				JSON any `json:"json"`
			}
		}
	}
	readRecording(t, file, &sent)
	client, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		want := recording.Exchanges[n].Request
		body, err := io.ReadAll(r.Body)
		var got any
		if err != nil || json.Unmarshal(body, &got) != nil {
			t.Errorf("body %q, %v", body, err)
		}
		if diff := cmp.Diff(sent.Exchanges[n].Request.JSON, got); diff != "" || r.Method != want.Method || r.URL.Path != want.Path || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("sent %s %s %s: %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"), diff)
		}
		recording.Exchanges[n].write(w)
	})
	return client
}
