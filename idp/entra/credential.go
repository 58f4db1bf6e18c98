package entra

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/mcpreg/mcpreg/idp"
)

// Auth is how the administering application or person proves itself to Entra ID. It is chosen,
// never searched for: no chain that starts programs or asks the network by surprise.
type Auth string

// The ways to authenticate.
const (
	AuthToken            Auth = "token"             // a ready token for Microsoft Graph
	AuthClientSecret     Auth = "client-secret"     // of an app registration
	AuthCertificate      Auth = "certificate"       // of an app registration
	AuthWorkloadIdentity Auth = "workload-identity" // a federated token, as in Kubernetes
	AuthManagedIdentity  Auth = "managed-identity"  // of the Azure resource that this runs on
	AuthAzureCLI         Auth = "az"                // who is logged in to the Azure CLI, which is run
)

// Auths lists every way to authenticate, in the order of help.
func Auths() []Auth {
	return []Auth{AuthToken, AuthClientSecret, AuthCertificate, AuthWorkloadIdentity, AuthManagedIdentity, AuthAzureCLI}
}

// lazyCredential makes the credential when the first token is needed, because its secret is read
// then, and keeps it, because it keeps its tokens.
type lazyCredential struct {
	make func(context.Context) (azcore.TokenCredential, error)

	mu   sync.Mutex
	made azcore.TokenCredential
}

// GetToken implements [azcore.TokenCredential].
func (l *lazyCredential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made == nil {
		made, err := l.make(ctx)
		if err != nil {
			return azcore.AccessToken{}, err
		}
		l.made = made
	}
	return l.made.GetToken(ctx, options)
}

// readyToken is a token that somebody else got, for the tenant if that is named by its GUID.
type readyToken struct {
	token    idp.Credential
	tenantID string
}

// GetToken implements [azcore.TokenCredential].
func (r readyToken) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := r.token(ctx)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	if is := tenantOf(token); is != "" && guid.MatchString(r.tenantID) && !strings.EqualFold(is, r.tenantID) {
		return azcore.AccessToken{}, otherTenant(is, r.tenantID)
	}
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// tenantOf reads the tenant that a token is for, without a look at its signature: whoever sends it
// elsewhere would change another tenant than the one that was named. It is empty for a token that
// does not say.
func tenantOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		TenantID string `json:"tid"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return ""
	}
	return claims.TenantID
}

func otherTenant(is, want string) error {
	return &idp.Error{
		Code: idp.CodeAuth, Failure: "EN27",
		Message: fmt.Sprintf("the credential is for tenant %s, not for %s; nothing was changed", is, want),
		Hint:    "get a token of the tenant that is meant, or compare --tenant and ENTRA_TENANT_ID with the Entra admin center",
	}
}

// noCredential says what is missing once a token is needed: an offline plan needs none.
type noCredential struct{}

// GetToken implements [azcore.TokenCredential].
func (noCredential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, usage("no credential for Microsoft Graph",
		"set ENTRA_GRAPH_CLIENT_ID with ENTRA_GRAPH_CLIENT_SECRET or ENTRA_GRAPH_CERTIFICATE_FILE, or ENTRA_TOKEN, or choose --auth workload-identity, managed-identity or az")
}

// credential makes the credential that the configuration chooses.
func (c Config) credential() azcore.TokenCredential {
	switch c.Auth {
	case AuthToken:
		return readyToken{c.Token, c.TenantID}
	case "":
		return noCredential{}
	}
	return &lazyCredential{make: c.newCredential}
}

func (c Config) newCredential(ctx context.Context) (azcore.TokenCredential, error) {
	e, _ := c.Cloud.endpoints()
	if c.LoginURL != "" {
		e.authority = cloud.Configuration{ActiveDirectoryAuthorityHost: c.LoginURL + "/"}
	}
	options := policy.ClientOptions{Cloud: e.authority, Transport: httpDoer{c.HTTP}}
	// Who names an authority answers for it; Microsoft is not asked whether it is one.
	named := c.LoginURL != ""
	switch c.Auth {
	case AuthClientSecret:
		secret, err := c.ClientSecret(ctx)
		if err != nil {
			return nil, err
		}
		return azidentity.NewClientSecretCredential(c.TenantID, c.ClientID, secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: named})
	case AuthCertificate:
		return c.certificateCredential(ctx, options, named)
	case AuthWorkloadIdentity:
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: named, ClientID: c.ClientID, TenantID: c.TenantID})
	case AuthManagedIdentity:
		managed := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if c.ClientID != "" {
			managed.ID = azidentity.ClientID(c.ClientID)
		}
		return azidentity.NewManagedIdentityCredential(managed)
	case AuthAzureCLI:
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: c.TenantID})
	}
	return nil, usage(fmt.Sprintf("unknown way to authenticate %q", c.Auth), "use one of "+words(Auths()))
}

// certificateCredential reads a certificate with its key: PEM, or PKCS #12 without a password.
func (c Config) certificateCredential(ctx context.Context, options policy.ClientOptions, named bool) (azcore.TokenCredential, error) {
	text, err := c.Certificate(ctx)
	if err != nil {
		return nil, err
	}
	certificates, key, err := azidentity.ParseCertificates([]byte(text), nil)
	if err != nil {
		return nil, &idp.Error{
			Code: idp.CodeUsage, Err: err,
			Message: "the certificate cannot be read: " + err.Error(),
			Hint:    "give one file with the certificate and its private key, in PEM or as PKCS #12 without a password",
		}
	}
	return azidentity.NewClientCertificateCredential(c.TenantID, c.ClientID, certificates, key, &azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: named})
}

// httpDoer is the client as azidentity takes it.
type httpDoer struct{ client *http.Client }

// Do implements azcore's Transporter.
func (h httpDoer) Do(request *http.Request) (*http.Response, error) { return h.client.Do(request) }

// words lists names for a hint.
func words[S ~string](names []S) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = string(name)
	}
	return strings.Join(list, ", ")
}
