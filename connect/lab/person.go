package lab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest/browser"
)

// Visit does what a person with a browser does at a login page: logs in, consents where that is asked, and follows the redirect
// to the assistant's own machine. The error says what the page said when there was no redirect.
func (u User) Visit(ctx context.Context, authorizeURL string) error {
	page, err := url.Parse(authorizeURL)
	if err != nil {
		return err
	}
	answer, err := browser.Authorize(ctx, authorizeURL, browser.Person{Username: u.Name, Password: u.Password, Consents: true})
	if err != nil {
		return err
	}
	if answer.Query == nil {
		return errors.New(answer.Error())
	}
	back := page.Query().Get("redirect_uri") + "?" + answer.Query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, back, nil)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the redirect URI answers %s", response.Status)
	}
	return nil
}
