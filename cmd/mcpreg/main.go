// Command mcpreg makes AI coding assistants log in to MCP servers behind an MCP Gateway &
// Registry, through the company's identity provider.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/cli/browser"
	"golang.org/x/term"

	"github.com/mcpreg/mcpreg/cmd"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/cognito"
	"github.com/mcpreg/mcpreg/idp/entra"
	"github.com/mcpreg/mcpreg/idp/keycloak"
	"github.com/mcpreg/mcpreg/idp/okta"
)

// Set when a release is built.
var version, commit, date string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the work in order; with the handler gone, a second one kills.
	context.AfterFunc(ctx, stop)
	code := cmd.Run(ctx, cmd.Deps{
		Stdin:       os.Stdin,
		Stdout:      os.Stdout,
		Stderr:      os.Stderr,
		LookupEnv:   os.LookupEnv,
		Interactive: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())),
		Build:       buildInfo(),
		OpenBrowser: openBrowser,
		Keycloak:    openKeycloak,
		Okta:        openOkta,
		Cognito:     openCognito,
		Entra:       openEntra,
	}, os.Args[1:])
	os.Exit(code)
}

// openBrowser starts the desktop's browser, which may write to this terminal: its words are
// dropped.
func openBrowser(_ context.Context, url string) error {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(url)
}

func openKeycloak(t cmd.KeycloakTarget) (idp.Provider, error) {
	return keycloak.New(keycloak.Config{
		URL:           t.URL,
		Realm:         t.Realm,
		AdminRealm:    t.AdminRealm,
		Username:      t.Username,
		Password:      t.Password,
		ClientID:      t.ClientID,
		ClientSecret:  t.ClientSecret,
		Token:         t.Token,
		FullGroupPath: t.FullGroupPath,
		ConfirmAbsent: t.ConfirmAbsent,
		AllowHTTP:     t.AllowHTTP,
		HTTP:          t.HTTP,
	})
}

func openOkta(t cmd.OktaTarget) (idp.Provider, error) {
	return okta.New(okta.Config{
		OrgURL:              t.OrgURL,
		AuthorizationServer: t.AuthorizationServer,
		Token:               t.Token,
		ClientID:            t.ClientID,
		PrivateKey:          t.PrivateKey,
		PrivateKeyID:        t.PrivateKeyID,
		GroupsFilter:        t.GroupsFilter,
		Scopes:              t.Scopes,
		AllowHTTP:           t.AllowHTTP,
		HTTP:                t.HTTP,
		Waiting:             t.Waiting,
	})
}

func openCognito(t cmd.CognitoTarget) (idp.Provider, error) {
	return cognito.New(cognito.Config{
		UserPoolID:        t.UserPoolID,
		Region:            t.Region,
		Profile:           t.Profile,
		AccessKeyID:       t.AccessKeyID,
		SecretAccessKey:   t.SecretAccessKey,
		SessionToken:      t.SessionToken,
		EndpointURL:       t.Endpoint,
		GatewayDomain:     t.Domain,
		CreateDomain:      t.CreateDomain,
		IdentityProviders: t.IdentityProviders,
		CreateGroups:      t.CreateGroups,
		AllowHTTP:         t.AllowHTTP,
		HTTP:              t.HTTP,
	})
}

func openEntra(t cmd.EntraTarget) (idp.Provider, error) {
	return entra.New(entra.Config{
		TenantID:              t.TenantID,
		Cloud:                 entra.Cloud(t.Cloud),
		Auth:                  entra.Auth(t.Auth),
		ClientID:              t.ClientID,
		ClientSecret:          t.ClientSecret,
		Certificate:           t.Certificate,
		Token:                 t.Token,
		GatewayApp:            t.GatewayApp,
		GatewayAppName:        t.GatewayAppName,
		GroupClaims:           entra.GroupClaims(t.GroupClaims),
		Consent:               entra.Consent(t.Consent),
		AllowUnverifiedDomain: t.AllowUnverifiedDomain,
		GraphURL:              t.GraphURL,
		LoginURL:              t.LoginURL,
		Waiting:               t.Waiting,
		HTTP:                  t.HTTP,
	})
}

// buildInfo tells a release by what its build set, and `go install` by the module's version.
func buildInfo() cmd.BuildInfo {
	info := cmd.BuildInfo{Version: version, Commit: commit, Date: date}
	if info.Version == "" {
		info.Version = "dev"
		if read, ok := debug.ReadBuildInfo(); ok && read.Main.Version != "" && read.Main.Version != "(devel)" {
			info.Version = read.Main.Version
		}
	}
	return info
}
