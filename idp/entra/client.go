package entra

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	khttp "github.com/microsoft/kiota-http-go"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

// sdkVersion is told to Microsoft Graph in a header, as the SDK does.
const sdkVersion = "1.89.0"

// retryDelay is the first wait, in seconds, after an answer that asks for patience and names no
// time. The SDK doubles it up to three times.
const retryDelay = 1

// graphClient sends requests to Microsoft Graph.
type graphClient struct {
	builders
	keyless *atomic.Bool // the cloud does not know alternate keys of applications
}

// newGraphClient assembles the SDK's client. The factories that read and write JSON are handed to
// the adapter: the SDK's root package would register them for the whole process.
func newGraphClient(base string, tokens *bearer, over *http.Client) (graphClient, error) {
	options := core.GraphClientOptions{GraphServiceLibraryVersion: sdkVersion}
	// A fixed order of few parts: request bodies are not compressed, and no redirect is followed.
	parts := []khttp.Middleware{
		core.NewGraphTelemetryHandler(&options),
		khttp.NewRetryHandlerWithOptions(khttp.RetryHandlerOptions{ShouldRetry: mayRetry, DelaySeconds: retryDelay}),
		khttp.NewParametersNameDecodingHandler(),
	}
	parent := over.Transport
	if parent == nil {
		parent = http.DefaultTransport
	}
	client := &http.Client{
		Transport:     khttp.NewCustomTransportWithParentTransport(parent, parts...),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       over.Timeout,
	}
	adapter, err := core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		tokens, options, jsonserialization.NewJsonParseNodeFactory(), jsonserialization.NewJsonSerializationWriterFactory(), client)
	if err != nil {
		return graphClient{}, fmt.Errorf("preparing the client of Microsoft Graph: %w", err)
	}
	adapter.SetBaseUrl(base + "/v1.0")
	return graphClient{builders{adapter}, &atomic.Bool{}}, nil
}

// mayRetry keeps the SDK from sending a POST again that a gateway gave up on, and that may have
// made its object all the same.
func mayRetry(_ time.Duration, _ int, request *http.Request, response *http.Response) bool {
	return request.Method != http.MethodPost || response.StatusCode == http.StatusTooManyRequests
}

// bearer puts a token on each request to one origin, and fails for any other: the SDK would send
// the request without one.
type bearer struct {
	credential azcore.TokenCredential
	scope      string // of Microsoft Graph in this cloud: what the token is asked for
	scheme     string // https, or http on loopback
	host       string // with its port if it has one
}

// AuthenticateRequest implements the SDK's AuthenticationProvider.
func (b *bearer) AuthenticateRequest(ctx context.Context, request *abstractions.RequestInformation, additional map[string]any) error {
	uri, err := request.GetUri()
	if err != nil {
		return err
	}
	if uri.Host != b.host || uri.Scheme != b.scheme {
		return fmt.Errorf("the next page of an answer is at another host: %s://%s", uri.Scheme, uri.Host)
	}
	options := policy.TokenRequestOptions{Scopes: []string{b.scope}, EnableCAE: true}
	// Continuous access evaluation: the answer to a request says what the next token must prove.
	if claims, ok := additional["claims"].(string); ok {
		options.Claims = claims
	}
	token, err := b.credential.GetToken(ctx, options)
	if err != nil {
		return &credentialError{err}
	}
	request.Headers.Remove("Authorization")
	request.Headers.Add("Authorization", "Bearer "+token.Token)
	return nil
}

// credentialError tells a token that could not be had from a request that failed.
type credentialError struct{ err error }

func (e *credentialError) Error() string { return e.err.Error() }
func (e *credentialError) Unwrap() error { return e.err }
