package assistants

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
)

// visit opens an authorize URL as the person, and brings the redirect to the program that waits
// for it. The answer is that of the identity provider. The error says that the program waits in
// vain: nothing was brought to it.
func (w *World) visit(ctx context.Context, authorizeURL string) (browser.Answer, error) {
	transport, err := w.transport()
	if err != nil {
		return browser.Answer{}, err
	}
	defer transport.CloseIdleConnections()
	answer, err := browser.AuthorizeThrough(ctx, transport, authorizeURL, w.Person)
	if err != nil {
		return answer, err
	}
	if answer.Query == nil {
		return answer, fmt.Errorf("the login ends at a page: %s (%s)", answer.Error(), authorizeURL)
	}
	address, err := url.Parse(authorizeURL)
	if err != nil {
		return answer, err
	}
	return answer, deliver(ctx, address.Query().Get("redirect_uri"), answer.Query)
}

// transport trusts what the programs trust.
func (w *World) transport() (*http.Transport, error) {
	transport := &http.Transport{}
	if w.CAFile == "" {
		return transport, nil
	}
	text, err := os.ReadFile(w.CAFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate", w.CAFile)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return transport, nil
}

// deliver opens the redirect URI with the parameters of the answer.
func deliver(ctx context.Context, redirectURI string, query url.Values) error {
	separator := "?"
	if strings.Contains(redirectURI, "?") {
		separator = "&"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, redirectURI+separator+query.Encode(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		var failure *url.Error
		if errors.As(err, &failure) {
			err = failure.Err // without the address, which holds the code
		}
		return fmt.Errorf("nobody takes the redirect to %s: %w", redirectURI, err)
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
