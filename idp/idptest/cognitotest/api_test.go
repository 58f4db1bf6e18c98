package cognitotest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// object is a JSON object.
type object = map[string]any

// reply is what the admin API answered.
type reply struct {
	status int
	header http.Header
	body   object
}

// failed is the error's type and message; "" when the call succeeded.
func (r reply) failed() string {
	if r.status == http.StatusOK {
		return ""
	}
	message, found := r.body["message"].(string)
	if !found {
		message, _ = r.body["Message"].(string)
	}
	code, _ := r.body["__type"].(string)
	return code + ": " + message
}

// caller signs calls with the vendor's own signer.
type caller struct {
	t           testing.TB
	url, region string
	aws.Credentials
	client http.Client
}

func callerOf(t testing.TB, c *cognitotest.Cognito, with cognitotest.Credentials) caller {
	t.Helper()
	return caller{t: t, url: c.URL(), region: c.Region(), Credentials: aws.Credentials{
		AccessKeyID: with.AccessKeyID, SecretAccessKey: with.SecretAccessKey, SessionToken: with.SessionToken,
	}}
}

// call asks for one operation.
func (c caller) call(operation string, members any) reply {
	c.t.Helper()
	return c.callAs("cognito-idp", operation, members)
}

// callAs signs for a service.
func (c caller) callAs(service, operation string, members any) reply {
	c.t.Helper()
	body, err := json.Marshal(members)
	if err != nil {
		c.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+"/", bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(c.t.Context(), c.Credentials, request, hex.EncodeToString(hash[:]), service, c.region, time.Now()); err != nil {
		c.t.Fatal(err)
	}
	return c.send(request)
}

func (c caller) send(request *http.Request) reply {
	c.t.Helper()
	response, err := c.client.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	answer := object{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			answer = object{"__type": response.Status} // an emulator that failed
		}
	}
	return reply{response.StatusCode, response.Header, answer}
}

// start starts a stand-in.
func start(t testing.TB, config cognitotest.Config) *cognitotest.Cognito {
	t.Helper()
	c, err := cognitotest.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
