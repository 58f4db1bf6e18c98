package realpart_test

import (
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// Each emulator listens on loopback only, and ends with its test.
func TestEmulatorsStayOnLoopback(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) string{
		"cognito-local": realpart.CognitoLocal, "moto": realpart.Moto, "ministack": realpart.Ministack,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var port string
			t.Run("while it runs", func(t *testing.T) {
				address, err := url.Parse(start(t))
				if err != nil {
					t.Fatal(err)
				}
				port = address.Port()
				for _, host := range otherHosts(t) {
					if listens(host, port) {
						t.Errorf("it listens on %s", host)
					}
				}
			})
			if port != "" && listens("127.0.0.1", port) {
				t.Error("it listens after its test ended")
			}
		})
	}
}

// otherHosts are the addresses of this machine that are not loopback.
func otherHosts(t *testing.T) []string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, one := range addresses {
		if network, ok := one.(*net.IPNet); ok && !network.IP.IsLoopback() && network.IP.To4() != nil {
			hosts = append(hosts, network.IP.String())
		}
	}
	return hosts
}

func listens(host, port string) bool {
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(host, port), time.Second)
	if err != nil {
		return false
	}
	connection.Close()
	return true
}
