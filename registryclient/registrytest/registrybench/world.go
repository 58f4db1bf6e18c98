package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mcpreg/mcpreg/registryclient/registrytest"
)

// size is how large a registry is, and how far away.
type size struct {
	servers, tools int
	latency        time.Duration
	limited        bool
}

// serve is a registry behind a proxy that takes its time. It tells its environment, and in the end
// what it counted.
func (s size) serve(in io.Reader, out io.Writer) error {
	registry, err := registrytest.Start(s.config())
	if err != nil {
		return err
	}
	defer registry.Close()
	target, err := url.Parse(registry.URL())
	if err != nil {
		return err
	}
	var all, now, most atomic.Int64
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport = &http.Transport{MaxIdleConnsPerHost: 64} // or the proxy opens connections without end
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all.Add(1)
		flying := now.Add(1)
		defer now.Add(-1)
		for seen := most.Load(); flying > seen && !most.CompareAndSwap(seen, flying); seen = most.Load() {
		}
		time.Sleep(s.latency) // it stands for the network
		forward.ServeHTTP(w, r)
	}))
	defer front.Close()
	registry.Configure(func(c *registrytest.Config) { c.PublicURL = front.URL })
	answers := json.NewEncoder(out)
	if err := answers.Encode([]string{"REGISTRY_URL=" + front.URL, "REGISTRY_TOKEN=" + registry.AdminToken()}); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	return answers.Encode(counted{all.Load(), most.Load()})
}

func (s size) config() registrytest.Config {
	c := registrytest.Config{ClientID: "mcp-gateway-ide", Provider: "okta", Issuer: "https://acme.okta.com/oauth2/default", Off: map[registrytest.Rule]bool{}}
	if !s.limited {
		c.Off[registrytest.APIRateLimit], c.Off[registrytest.DiscoveryRateLimit] = true, true
	}
	for n := range s.servers {
		path := fmt.Sprintf("/team-%d/server-%d", n%20, n)
		server := registrytest.Server{Path: path, Name: path[1:], Description: strings.Repeat("What it is for. ", 10), ProxyPassURL: "http://s:1/mcp"}
		for t := range s.tools {
			server.Tools = append(server.Tools, registrytest.Tool{Name: fmt.Sprintf("tool_%d", t), Description: strings.Repeat("What it does. ", 30)})
		}
		c.Servers = append(c.Servers, server)
	}
	return c
}
