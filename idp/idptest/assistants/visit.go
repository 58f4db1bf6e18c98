package assistants

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
)

// visit opens an authorize URL as the person, and brings the redirect to the program that waits
// for it. The answer is that of the identity provider. The error says that the program waits in
// vain: nothing was brought to it.
func visit(ctx context.Context, authorizeURL string, person browser.Person) (browser.Answer, error) {
	answer, err := browser.Authorize(ctx, authorizeURL, person)
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
