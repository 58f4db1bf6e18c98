package cognitotest_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp/idptest"
	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// Over https the issuer and the authorization endpoint have two origins, which some assistants
// refuse.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	c := start(t, cognitotest.Config{HTTPS: true})
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(c.CAPEM()) {
		t.Fatal("no certificate")
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	response, err := client.Get(c.Issuer() + "/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var document struct {
		Issuer   string `json:"issuer"`
		Endpoint string `json:"authorization_endpoint"`
	}
	if err := json.NewDecoder(response.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	origin := func(address string) string {
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.Scheme + "://" + parsed.Host
	}
	if document.Issuer != c.Issuer() || origin(document.Issuer) != c.URL() || origin(document.Endpoint) != c.DomainURL() || c.URL() == c.DomainURL() {
		t.Errorf("issuer %s and endpoint %s", document.Issuer, document.Endpoint)
	}
	if !strings.HasPrefix(c.URL(), "https://127.0.0.1:") || !strings.HasPrefix(c.DomainURL(), "https://127.0.0.1:") {
		t.Errorf("served at %s and %s", c.URL(), c.DomainURL())
	}
	login, err := client.Get(c.DomainURL() + "/error?error=x")
	if err != nil {
		t.Fatal(err)
	}
	login.Body.Close()
}

func TestPlainHTTPHasNoAuthority(t *testing.T) {
	t.Parallel()
	if c := start(t, cognitotest.Config{}); c.CAPEM() != nil {
		t.Error("an authority without https")
	}
}

func TestSeededPool(t *testing.T) {
	t.Parallel()
	c := start(t, cognitotest.Config{Users: people(), Groups: []string{"operators"}})
	c.AddClient(object{"ClientId": "1seeded", "ClientName": "theirs", "ClientSecret": "s", "CallbackURLs": []string{"http://anything.example/cb"}, "AccessTokenValidity": 2})
	c.AddUser(idptest.User{Name: "eve", Groups: []string{"guests"}})
	c.AddGroup("late")
	c.AddBranding("1seeded")
	got := c.Snapshot()
	want := `ClientName=theirs ClientSecret=s CallbackURLs=["http://anything.example/cb"] AccessTokenValidity=2`
	if seeded := told(got["Clients"].(object)["1seeded"].(object), "ClientName", "ClientSecret", "CallbackURLs", "AccessTokenValidity"); seeded != want {
		t.Errorf("the client is %s, want %s", seeded, want)
	}
	if diff := cmp.Diff(object{"bob": []any{"registry-admins"}, "amy": nil, "eve": []any{"guests"}}, got["Members"]); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	for _, group := range []string{"registry-admins", "operators", "guests", "late"} {
		if _, found := got["Groups"].(object)[group]; !found {
			t.Errorf("no group %s", group)
		}
	}
	if _, styled := got["Brandings"].(object)["1seeded"]; !styled || got["Domains"].(object)["acme-login"] == nil {
		t.Errorf("brandings %v, domains %v", got["Brandings"], got["Domains"])
	}
	got["Clients"].(object)["1seeded"].(object)["ClientName"] = "changed"
	if again := c.Snapshot()["Clients"].(object)["1seeded"].(object)["ClientName"]; again != "theirs" {
		t.Errorf("a snapshot reaches into the pool: %v", again)
	}
}

func TestConfigsThatNoPoolHas(t *testing.T) {
	t.Parallel()
	for want, config := range map[string]cognitotest.Config{
		`two users are called "bob"`:                         {Users: []idptest.User{{Name: "bob"}, {Name: "bob"}}},
		`there is no feature plan "FREE"`:                    {Tier: "FREE"},
		"the plan LITE has no managed login version 2":       {Tier: "LITE", ManagedLoginVersion: 2},
		"the plan ESSENTIALS has no managed login version 3": {ManagedLoginVersion: 3},
	} {
		if c, err := cognitotest.Start(config); err == nil || err.Error() != want {
			if err == nil {
				c.Close()
			}
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// Many may ask at once, at both of its servers.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, config(nil))
	player := b.styled(nil)
	const askers = 8
	var asking sync.WaitGroup
	for range askers {
		asking.Go(func() {
			b.create(nil)
			if got := b.attempt(player, person("bob")); got != "code" {
				t.Errorf("a login ended with %s", got)
			}
			b.standIn.Snapshot()
		})
	}
	asking.Wait()
	if n := len(b.standIn.Snapshot()["Clients"].(object)); n != askers+1 {
		t.Errorf("%d clients, want %d", n, askers+1)
	}
	if n := len(b.standIn.Calls()); n != askers+1 {
		t.Errorf("%d calls, want %d", n, askers+1)
	}
}

func TestNothingAnswersAfterClose(t *testing.T) {
	t.Parallel()
	c, err := cognitotest.Start(cognitotest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	for _, address := range []string{c.URL(), c.DomainURL()} {
		if response, err := http.Get(address); err == nil {
			response.Body.Close()
			t.Errorf("%s still answers", address)
		}
	}
}
