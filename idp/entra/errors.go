package entra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"github.com/mcpreg/mcpreg/idp"
)

// Permissions of Microsoft Graph, the least that suffices first (Microsoft Graph, permissions
// reference).
const (
	readApplications  = "Application.Read.All (Application.ReadWrite.OwnedBy includes it)"
	writeApplications = "Application.ReadWrite.OwnedBy where the credential's application owns the object, as it does what it made, else Application.ReadWrite.All"
	writeGrants       = "DelegatedPermissionGrant.ReadWrite.All"
	writeAssignments  = "AppRoleAssignment.ReadWrite.All"
	readTenant        = "Organization.Read.All"
	readGroups        = "GroupMember.Read.All"
)

// answer returns the error that Graph answered with, or nil.
func answer(err error) *odataerrors.ODataError {
	var told *odataerrors.ODataError
	if errors.As(err, &told) {
		return told
	}
	return nil
}

// statusOf returns the HTTP status that an error stands for; 0 when no answer came.
func statusOf(err error) int {
	var told interface{ GetStatusCode() int } // also of answers that are no OData
	if errors.As(err, &told) {
		return told.GetStatusCode()
	}
	return 0
}

// codeAndMessage are what an OData error says. The message is one line.
func codeAndMessage(err error) (code, message string) {
	told := answer(err)
	if told == nil || told.GetErrorEscaped() == nil {
		return "", ""
	}
	line, _, _ := strings.Cut(text(told.GetErrorEscaped().GetMessage()), "\n")
	return text(told.GetErrorEscaped().GetCode()), strings.TrimSpace(line)
}

// explain finds words, an exit code and the failure for an error of a call. needs is the
// permission that it takes.
func (p *Provider) explain(ctx context.Context, doing, needs string, err error) error {
	var already *idp.Error
	var refused *credentialError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	case errors.As(err, &already):
		return already
	case errors.As(err, &refused):
		return p.credentialRefused(refused)
	}
	code, message := codeAndMessage(err)
	status := statusOf(err)
	said := fmt.Sprintf("%s (%s)", message, code)
	switch status {
	case 0:
		return p.unreachable(doing, err)
	case http.StatusUnauthorized:
		return &idp.Error{
			Code: idp.CodeAuth, Failure: "EN27", Err: err,
			Message: fmt.Sprintf("Microsoft Graph does not accept the token while %s: %s", doing, said),
			Hint:    "it may have expired, or be for another tenant, cloud or audience; it must be for " + p.endpoints.graph,
		}
	case http.StatusForbidden:
		return &idp.Error{
			Code: idp.CodeForbidden, Failure: "EN26", Err: err,
			Message: fmt.Sprintf("the credential lacks a permission of Microsoft Graph: %s was refused: %s", doing, said),
			Hint:    "give its app registration the application permission " + needs + ", with admin consent",
		}
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &idp.Error{
			Code: idp.CodeUnreachable, Err: err,
			Message: fmt.Sprintf("Microsoft Graph cannot serve now (status %d) while %s", status, doing),
			Hint:    "wait a minute, then run the same command again: it finishes what was begun",
		}
	}
	if told := refusedIdentifier(doing, said, err); told != nil {
		return told
	}
	if code == "" {
		return &idp.Error{
			Code: idp.CodeFailed, Err: err,
			Message: fmt.Sprintf("%s answers with status %d and something else than Microsoft Graph does, while %s", p.graphBase(), status, doing),
			Hint:    "a proxy on the way may have answered instead",
		}
	}
	return &idp.Error{Code: idp.CodeFailed, Err: err, Message: fmt.Sprintf("Microsoft Graph refused %s: %s", doing, said)}
}

// refusedIdentifier explains the refusals of identifier URIs, which come as status 400 or 409.
func refusedIdentifier(doing, said string, err error) error {
	told := func(failure, hint string) error {
		return &idp.Error{Code: idp.CodeUsage, Failure: failure, Err: err, Message: fmt.Sprintf("%s was refused: %s", doing, said), Hint: hint}
	}
	switch lower := strings.ToLower(said); {
	case strings.Contains(lower, "verified domain") && strings.Contains(lower, "identifieruris"):
		return told("EN12", "verify the gateway's domain in the tenant, or serve the gateway under a verified one")
	case strings.Contains(lower, "app management policy"), strings.Contains(lower, "identifier-uri-addition-error"), strings.Contains(lower, "identifier-uri-formatting-error"):
		return told("EN23", "ask an administrator to exempt the gateway's application from the tenant's app management policy on identifier URIs (nonDefaultUriAddition), or the applications that receive version 2 tokens")
	case strings.Contains(lower, "same value for property identifieruris"):
		return told("EN24", "another application has that URI, perhaps a deleted one: look in App registrations, Deleted applications, and take it away there")
	}
	return nil
}

func (p *Provider) unreachable(doing string, err error) error {
	return &idp.Error{
		Code: idp.CodeUnreachable, Err: err,
		Message: fmt.Sprintf("no usable answer from %s while %s: %v", p.graphBase(), doing, innermost(err)),
		Hint:    "check the network and --cloud, then run the same command again: it finishes what was begun",
	}
}

var aadsts = regexp.MustCompile(`AADSTS\d+`)

// credentialRefused explains a token that could not be had, by Entra's code where there is one.
func (p *Provider) credentialRefused(err error) error {
	code := aadsts.FindString(err.Error())
	e := &idp.Error{Code: idp.CodeAuth, Failure: "EN27", Err: err}
	with := func(message, hint string) error {
		e.Message, e.Hint = fmt.Sprintf("%s (%s)", message, code), hint
		return e
	}
	switch code {
	case "AADSTS7000215":
		return with("Entra does not accept the client secret of app "+p.config.ClientID, "give the secret's value, not its id; ENTRA_GRAPH_CLIENT_SECRET")
	case "AADSTS7000222":
		return with("the client secret of app "+p.config.ClientID+" has expired", "make a new one: App registrations, Certificates & secrets")
	case "AADSTS700016":
		return with(fmt.Sprintf("app %s is not in tenant %s", p.config.ClientID, p.config.TenantID), "compare ENTRA_GRAPH_CLIENT_ID and ENTRA_TENANT_ID with the app registration")
	case "AADSTS90002", "AADSTS900023", "AADSTS900021":
		return with(fmt.Sprintf("there is no tenant %s in the %s cloud", p.config.TenantID, p.config.Cloud), "compare ENTRA_TENANT_ID with the Entra admin center, and choose the cloud with --cloud")
	case "AADSTS700027", "AADSTS700024":
		return with("Entra does not accept the certificate or assertion of app "+p.config.ClientID, "compare the certificate with the app registration, and the clock of this machine")
	case "":
		return p.noToken(e, err)
	}
	e.Message, e.Hint = fmt.Sprintf("Entra gives no token for Microsoft Graph (%s)", code), "look the code up: https://login.microsoftonline.com/error?code="+strings.TrimPrefix(code, "AADSTS")
	return e
}

// noToken explains a token that could not be had where Entra was not asked, or gave no code.
func (p *Provider) noToken(e *idp.Error, err error) error {
	var answered *azidentity.AuthenticationFailedError
	line, _, _ := strings.Cut(innermost(err).Error(), "\n")
	switch {
	case errors.As(err, &answered) && answered.RawResponse != nil:
		e.Message = fmt.Sprintf("Entra gives no token for Microsoft Graph: status %d", answered.RawResponse.StatusCode)
	case p.config.Auth == AuthAzureCLI:
		e.Message, e.Hint = "the Azure CLI gives no token: "+line, "log in with: az login --tenant "+p.config.TenantID
	case p.config.Auth == AuthManagedIdentity, p.config.Auth == AuthWorkloadIdentity:
		e.Message, e.Hint = fmt.Sprintf("no token by %s: %s", p.config.Auth, line), "this works only where Azure provides the identity; choose another way with --auth"
	default:
		e.Code = idp.CodeUnreachable
		e.Failure = ""
		e.Message, e.Hint = "no token could be had from Entra: "+line, "check the network and --cloud"
	}
	return e
}

func (p *Provider) graphBase() string {
	if p.config.GraphURL != "" {
		return p.config.GraphURL
	}
	return p.endpoints.graph
}

// innermost returns the last cause of a chain, which names the trouble without repeating the
// address.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
