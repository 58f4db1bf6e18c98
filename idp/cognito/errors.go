package cognito

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// renewal says how to get a credential that is accepted.
const renewal = "renew it: aws sso login, or new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"

// metadata is the operation of an instance's metadata service, where the chain looks last.
const metadata = "GetMetadata"

// configError explains why the AWS configuration cannot be used.
func (s *session) configError(ctx context.Context, err error) error {
	var missing config.SharedConfigProfileNotExistError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("reading the AWS configuration: %w", ctx.Err())
	case errors.As(err, &missing):
		return &idp.Error{
			Code: idp.CodeUsage, Err: err,
			Message: fmt.Sprintf("the AWS configuration has no profile %q", missing.Profile),
			Hint:    "name another one with --profile or AWS_PROFILE; aws configure list-profiles shows them",
		}
	}
	return &idp.Error{Code: idp.CodeUsage, Err: err, Message: fmt.Sprintf("the AWS configuration cannot be used: %v", innermost(err))}
}

// credentialError explains why the chain yielded no credential.
func (s *session) credentialError(ctx context.Context, err error) error {
	var told *idp.Error
	var signedOut *ssocreds.InvalidTokenError
	var answer smithy.APIError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("getting AWS credentials: %w", ctx.Err())
	case errors.As(err, &told):
		return told
	case errors.As(err, &signedOut):
		return &idp.Error{Code: idp.CodeAuth, Err: err, Message: "the AWS IAM Identity Center session has expired", Hint: "run: aws sso login"}
	case errors.As(err, &answer) && operationOf(err).OperationName != metadata:
		return s.callError(ctx, "getting AWS credentials", err)
	}
	message := "no AWS credential was found"
	if operationOf(err).OperationName != metadata { // the last resort of the chain has no cause of interest
		message = fmt.Sprintf("the AWS credential cannot be had: %v", innermost(err))
	}
	return &idp.Error{
		Code: idp.CodeAuth, Err: err, Message: message,
		Hint: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws sso login; the default chain of AWS is looked through in its order",
	}
}

// callError explains why a request failed.
func (s *session) callError(ctx context.Context, doing string, err error) error {
	var answer smithy.APIError
	var moved *types.ConcurrentModificationException
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	case errors.As(err, &moved):
		return fmt.Errorf("%s: somebody else writes at this moment: %w", doing, plan.ErrMoved)
	case !errors.As(err, &answer):
		return s.transportError(doing, err)
	}
	name := answer.ErrorCode()
	switch {
	case slices.Contains([]string{"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"}, name):
		return forbidden(doing, err)
	case slices.Contains(refusedCredentials(), name):
		return s.unaccepted(doing, name)
	case name == "ResourceNotFoundException":
		return &idp.Error{Code: idp.CodeNotFound, Err: err, Message: fmt.Sprintf("Cognito found nothing while %s: %s", doing, answer.ErrorMessage())}
	case name == "LimitExceededException":
		return &idp.Error{Code: idp.CodeFailed, Err: err, Message: fmt.Sprintf("a quota of the AWS account is used up while %s: %s", doing, answer.ErrorMessage()), Hint: "delete what is not needed, or ask AWS for a higher quota"}
	case throttled(name) || statusOf(err) == http.StatusTooManyRequests || statusOf(err) >= http.StatusInternalServerError:
		return &idp.Error{Code: idp.CodeUnreachable, Err: err, Message: fmt.Sprintf("Cognito cannot serve now (%s) while %s", name, doing), Hint: "try again later: requests of the whole account share one quota in a region"}
	case name == "UnknownError":
		return &idp.Error{Code: idp.CodeFailed, Err: err, Message: fmt.Sprintf("%s answers with status %d and not as Cognito does while %s", s.place.endpoint, statusOf(err), doing), Hint: "check --endpoint-url and the proxy"}
	}
	return &idp.Error{Code: idp.CodeFailed, Err: err, Message: fmt.Sprintf("Cognito refuses %s (%s): %s", doing, name, firstLine(answer.ErrorMessage()))}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// refusedCredentials are the error codes of AWS for a credential that is not accepted, and of its
// signature.
func refusedCredentials() []string {
	return []string{
		"ExpiredTokenException", "ExpiredToken", "RequestExpired", "UnrecognizedClientException", "InvalidClientTokenId",
		"InvalidSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationTokenException", "MissingAuthenticationToken",
		"IncompleteSignatureException", "IncompleteSignature", "InvalidIdentityToken", "ExpiredIdentityToken", "NotAuthorizedException",
	}
}

// unaccepted tells of a credential in our own words: AWS answers a wrong signature with what should
// have been signed, and a session token is part of that.
func (s *session) unaccepted(doing, name string) error {
	message, hint := "AWS does not accept the credential", "check the keys, and that they are of the right account and partition; or "+renewal
	switch {
	case strings.Contains(name, "Expired"):
		message, hint = "the AWS credential has expired", renewal
	case strings.Contains(name, "Signature"):
		hint = "check AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and the clock of this machine"
	}
	return &idp.Error{Code: idp.CodeAuth, Err: errors.New(name), Message: fmt.Sprintf("%s (%s) while %s", message, name, doing), Hint: hint}
}

// forbidden names the IAM action that is missing: for every operation of these APIs it has the
// operation's own name.
func forbidden(doing string, err error) error {
	operation := operationOf(err)
	action := "cognito-idp:" + operation.OperationName
	if operation.ServiceID == "STS" {
		action = "sts:" + operation.OperationName
	}
	return &idp.Error{
		Code: idp.CodeForbidden, Err: err,
		Message: fmt.Sprintf("the AWS credential may not %s: %s was refused", action, doing),
		Hint:    "add the action to its policy; mcpreg cognito plan --policy prints all that setup needs",
	}
}

// operationOf finds the operation that failed; a credential may fail inside another one.
func operationOf(err error) smithy.OperationError {
	var last smithy.OperationError
	for err != nil {
		var operation *smithy.OperationError
		if !errors.As(err, &operation) {
			break
		}
		last, err = *operation, operation.Err
	}
	return last
}

func throttled(name string) bool {
	_, is := retry.DefaultThrottleErrorCodes[name]
	return is
}

func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

// transportError explains a request that got no answer, or none that can be read.
func (s *session) transportError(doing string, err error) error {
	var unreadable *smithy.DeserializationError
	if errors.As(err, &unreadable) && statusOf(err) != 0 && !errors.Is(err, io.ErrUnexpectedEOF) {
		return &idp.Error{
			Code: idp.CodeFailed, Err: err,
			Message: fmt.Sprintf("%s answers with something else than the API of Cognito while %s", s.place.endpoint, doing),
			Hint:    "check --endpoint-url; a proxy may ask for a login of its own",
		}
	}
	return &idp.Error{
		Code: idp.CodeUnreachable, Err: err,
		Message: fmt.Sprintf("no usable answer from %s while %s: %v", s.place.endpoint, doing, innermost(err)),
		Hint:    "check region and network, then run the same command again: it finishes what was begun",
	}
}

// answerLost reports whether a request may have been carried out although it failed.
func answerLost(err error) bool {
	var told *idp.Error
	return errors.As(err, &told) && (told.Code == idp.CodeUnreachable || told.Code == idp.CodeFailed && statusOf(err) == 200)
}

// innermost returns the last cause of a chain, which names the trouble without what was tried.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func (p *Provider) poolError(err error) error {
	if code(err) != idp.CodeNotFound {
		return err
	}
	return &idp.Error{
		Code: idp.CodeNotFound, Err: err,
		Message: fmt.Sprintf("user pool %s does not exist in region %s of this AWS account", p.place.poolID, p.place.region),
		Hint:    "check COGNITO_USER_POOL_ID and whose account the credential is of: aws sts get-caller-identity",
	}
}

func (p *Provider) clientError(id string, err error) error {
	if code(err) != idp.CodeNotFound {
		return err
	}
	return &idp.Error{
		Code: idp.CodeNotFound, Err: err,
		Message: fmt.Sprintf("user pool %s has no app client %s", p.place.poolID, id),
		Hint:    "check --client-id; leave it out to find the client by its name",
	}
}

func (p *Provider) userError(user string, err error) error {
	var missing *types.UserNotFoundException
	if !errors.As(err, &missing) {
		return err
	}
	return &idp.Error{
		Code: idp.CodeNotFound, Err: err,
		Message: fmt.Sprintf("user pool %s has no user %s", p.place.poolID, user),
		Hint:    "use the name that the console shows; a user of another provider is PROVIDER_NAME, and exists after the first login",
	}
}
