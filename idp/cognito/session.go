package cognito

import (
	"context"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/smithy-go/logging"
)

// session opens the API when it is first needed, so that an offline plan reads no credential.
type session struct {
	config Config
	place  place

	mu     sync.Mutex
	client *sdk.Client
}

func newSession(c Config, where place) *session { return &session{config: c, place: where} }

// api returns the client of the API, with a credential that was found to exist.
func (s *session) api(ctx context.Context) (*sdk.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		return s.client, nil
	}
	options := []func(*config.LoadOptions) error{config.WithRegion(s.place.region), config.WithLogger(logging.Nop{})}
	switch {
	case s.config.Profile != "":
		options = append(options, config.WithSharedConfigProfile(s.config.Profile))
	case s.config.AccessKeyID != "" && s.config.SecretAccessKey != nil:
		options = append(options, config.WithCredentialsProvider(aws.CredentialsProviderFunc(s.keys)))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, s.configError(ctx, err)
	}
	if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
		return nil, s.credentialError(ctx, err)
	}
	s.client = sdk.NewFromConfig(loaded, func(o *sdk.Options) {
		o.BaseEndpoint = nil // what the environment says is not followed
		if s.config.EndpointURL != "" {
			o.BaseEndpoint = aws.String(s.place.endpoint)
		}
		o.HTTPClient = unfollowed(s.config.HTTP)
		o.Retryer = s.retryer(retry.DefaultRetryables)
	})
	return s.client, nil
}

// unfollowed takes a redirect for an answer, and Cognito has none: a signed request, which may carry
// a session token, is for the endpoint that was named.
func unfollowed(client *http.Client) *http.Client {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// keys yields the configured key pair, read anew each time that the SDK asks.
func (s *session) keys(ctx context.Context) (aws.Credentials, error) {
	keys := aws.Credentials{AccessKeyID: s.config.AccessKeyID, Source: "configured"}
	var err error
	if keys.SecretAccessKey, err = s.config.SecretAccessKey(ctx); err != nil {
		return aws.Credentials{}, err
	}
	if s.config.SessionToken != nil {
		keys.SessionToken, err = s.config.SessionToken(ctx)
	}
	return keys, err
}

// maxAttempts is more than the SDK's own, because an account shares one quota a region over all of
// its pools.
const maxAttempts = 5

func (s *session) retryer(retried []retry.IsErrorRetryable) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = maxAttempts
		o.Retryables = retried
		if s.config.MaxBackoff > 0 {
			o.MaxBackoff = s.config.MaxBackoff
		}
	})
}

// once is for requests that make a thing whose name is not unique: a second try could make a twin,
// unless the first was turned away for haste.
func (s *session) once(o *sdk.Options) {
	o.Retryer = s.retryer([]retry.IsErrorRetryable{
		retry.NoRetryCanceledError{}, retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
	})
}

// call runs one request of the API and explains its error.
func call[Out any](ctx context.Context, p *Provider, doing string, do func(context.Context, *sdk.Client) (Out, error)) (Out, error) {
	var none Out
	client, err := p.session.api(ctx)
	if err != nil {
		return none, err
	}
	out, err := do(ctx, client)
	if err != nil {
		return none, p.session.callError(ctx, doing, err)
	}
	return out, nil
}
