package keycloak

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/Nerzal/gocloak/v13"
	"github.com/go-resty/resty/v2"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// session sends requests with a token that it fetches when needed.
type session struct {
	config Config
	cloak  *gocloak.GoCloak
	http   *http.Client

	mu    sync.Mutex
	token *oauth2.Token
}

func newSession(c Config) *session {
	client := *c.HTTP
	client.Transport = newTransport(client.Transport)
	cloak := gocloak.NewClient(c.URL)
	// Plain http was allowed with open eyes, or is loopback: no warning on standard error.
	cloak.SetRestyClient(resty.NewWithClient(&client).SetDisableWarn(true))
	return &session{config: c, cloak: cloak, http: &client}
}

// bearer returns an access token, a fresh one if the last has expired. Tokens of the master
// realm live for a minute, and a person may take longer to say yes. A login that failed is
// never tried again here.
func (s *session) bearer(ctx context.Context) (string, error) {
	if s.config.Token != nil {
		return s.config.Token(ctx)
	}
	if s.config.ClientSecret == nil && s.config.Password == nil {
		return "", usage("no credential for Keycloak", "set KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET, KEYCLOAK_ADMIN_PASSWORD, or KEYCLOAK_TOKEN")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token.Valid() {
		return s.token.AccessToken, nil
	}
	token, err := s.login(ctx)
	if err != nil {
		return "", err
	}
	s.token = token
	return token.AccessToken, nil
}

// login gets a token by client credentials (RFC 6749 section 4.4) or the password of an
// administrator (section 4.3). Credentials travel in the form, where every character survives.
func (s *session) login(ctx context.Context) (*oauth2.Token, error) {
	var cause error
	ctx = withCause(context.WithValue(ctx, oauth2.HTTPClient, s.http), &cause)
	endpoint := oauth2.Endpoint{
		TokenURL:  s.config.URL + "/realms/" + url.PathEscape(s.config.AdminRealm) + "/protocol/openid-connect/token",
		AuthStyle: oauth2.AuthStyleInParams,
	}
	var token *oauth2.Token
	var err error
	if s.config.ClientSecret != nil {
		secret, secretErr := s.config.ClientSecret(ctx)
		if secretErr != nil {
			return nil, secretErr
		}
		account := clientcredentials.Config{ClientID: s.config.ClientID, ClientSecret: secret, TokenURL: endpoint.TokenURL, AuthStyle: endpoint.AuthStyle}
		token, err = account.Token(ctx)
	} else {
		password, passwordErr := s.config.Password(ctx)
		if passwordErr != nil {
			return nil, passwordErr
		}
		cli := oauth2.Config{ClientID: "admin-cli", Endpoint: endpoint}
		token, err = cli.PasswordCredentialsToken(ctx, s.config.Username, password)
	}
	if err != nil {
		return nil, s.loginError(ctx, err, cause)
	}
	if token.Expiry.IsZero() {
		token.Expiry = time.Now().Add(time.Minute)
	}
	return token, nil
}

// call runs one gocloak call with a token and explains its error.
func (s *session) call(ctx context.Context, doing string, do func(ctx context.Context, token string) error) error {
	token, err := s.bearer(ctx)
	if err != nil {
		return err
	}
	var cause error
	if err := do(withCause(ctx, &cause), token); err != nil {
		return s.callError(ctx, doing, err, cause)
	}
	return nil
}
