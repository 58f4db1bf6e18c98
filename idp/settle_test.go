package idp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
)

// The port of a client that is there already stays, and a second look settles as the first did.
func TestSettle(t *testing.T) {
	t.Parallel()
	parse := func(list ...string) (uris []idp.RedirectURI) {
		for _, s := range list {
			uri, err := idp.ParseRedirectURI(s)
			if err != nil {
				t.Fatal(err)
			}
			uris = append(uris, uri)
		}
		return uris
	}
	client := idp.Client{
		Redirects: parse("http://localhost:8787/callback"), // of Cursor
		Movable:   parse("http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"),
	}
	moved := []string{"http://localhost:8787/callback", "http://localhost:56789/callback", "http://localhost:56789/callback/6MFBM1In3Ey-"}
	stayed := []string{"http://localhost:8787/callback", "http://localhost:8787/callback/6MFBM1In3Ey-"}
	for name, test := range map[string]struct {
		registered []string
		port       int
		want       []string
	}{
		"nothing is there":                   {nil, 8787, stayed},
		"the registry's own script was here": {[]string{"http://localhost:56789/callback"}, 56789, moved},
		"a second look":                      {moved, 56789, moved},
		"ours":                               {stayed, 8787, stayed},
		"ours, and one added by hand":        {append([]string{"http://localhost:9999/other"}, stayed...), 8787, stayed},
		"theirs, after what is no URI":       {[]string{"http://localhost/*", "http://localhost:56789/callback"}, 56789, moved},
		"two other ports":                    {[]string{"http://localhost:1/callback", "http://localhost:2/callback"}, 8787, stayed},
		"no port, or not loopback":           {[]string{"http://localhost/callback", "https://gw.example.com:8443/callback", "com.example:/cb"}, 8787, stayed},
	} {
		redirects, port := client.Settle(test.registered)
		if diff := cmp.Diff(test.want, idp.Strings(redirects)); diff != "" || port != test.port {
			t.Errorf("%s: port %d, want %d (-want +got):\n%s", name, port, test.port, diff)
		}
	}
	fixed := idp.Client{Redirects: parse("http://localhost/callback/*")}
	if redirects, port := fixed.Settle([]string{"http://localhost:56789/callback"}); len(redirects) != 1 || port != 0 {
		t.Errorf("nothing is movable, and settled at port %d with %v", port, redirects)
	}
}
