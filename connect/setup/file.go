// Package setup turns what an operator declares into what must be true of each system.
//
// A [File] is the declaration: written as mcpreg.yaml, or built in memory from the flags of one
// command. [Build] computes from it the [idp.Spec] of the identity provider, with the redirect
// URIs of every assistant and server.
package setup

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/mcpreg/mcpreg/idp"
)

// Version is the version of the file format.
const Version = 1

// File declares the client, its identity provider and what logs in through it. Sections that
// are absent ask for nothing and delete nothing.
type File struct {
	Version    int       `yaml:"version"`
	Registry   *Registry `yaml:"registry,omitempty"`
	IDP        IDP       `yaml:"idp"`
	Client     Client    `yaml:"client,omitempty"`
	Assistants []string  `yaml:"assistants,omitempty"`
	// ConnectURLs are the absolute connect URLs of servers, for use without a registry.
	ConnectURLs   []string  `yaml:"connect_urls,omitempty"`
	Groups        []Mapping `yaml:"groups,omitempty"`
	Assign        []string  `yaml:"assign,omitempty"`
	Servers       []Server  `yaml:"servers,omitempty"`
	IgnoreServers []string  `yaml:"ignore_servers,omitempty"`
}

// Registry is the MCP Gateway & Registry whose servers are meant.
type Registry struct {
	URL   string  `yaml:"url"` // absolute, without /api
	Token *Secret `yaml:"token,omitempty"`
}

// IDP holds the one identity provider: a gateway has one AUTH_PROVIDER, so exactly one field is
// set.
type IDP struct {
	Keycloak *Keycloak `yaml:"keycloak,omitempty"`
	Okta     *Okta     `yaml:"okta,omitempty"`
	Cognito  *Cognito  `yaml:"cognito,omitempty"`
	Entra    *Entra    `yaml:"entra,omitempty"`
}

// Kind returns the kind of the one provider that is set.
func (i IDP) Kind() (idp.Kind, error) {
	declared := map[idp.Kind]bool{idp.Keycloak: i.Keycloak != nil, idp.Okta: i.Okta != nil, idp.Cognito: i.Cognito != nil, idp.Entra: i.Entra != nil}
	kinds := slices.DeleteFunc(idp.Kinds(), func(k idp.Kind) bool { return !declared[k] })
	switch len(kinds) {
	case 0:
		return "", usage("no identity provider is declared", "add one section below idp, such as keycloak", nil)
	case 1:
		return kinds[0], nil
	}
	return "", usage(fmt.Sprintf("%s and %s are both declared below idp", kinds[0], kinds[1]), "a gateway has one AUTH_PROVIDER: keep one section", nil)
}

// Keycloak names a realm and the credential that administers it: a ready token, a service
// account, or an administrator's password, whichever is set.
type Keycloak struct {
	URL             string  `yaml:"url"`                     // absolute, with any path prefix such as /auth
	Realm           string  `yaml:"realm"`                   // the realm whose users log in
	AdminRealm      string  `yaml:"admin_realm,omitempty"`   // the realm of the credential
	Username        string  `yaml:"username,omitempty"`      // with Password
	Password        *Secret `yaml:"password,omitempty"`      // of Username
	ClientID        string  `yaml:"client_id,omitempty"`     // of a service account, with ClientSecret
	ClientSecret    *Secret `yaml:"client_secret,omitempty"` // of ClientID
	Token           *Secret `yaml:"token,omitempty"`         // a ready bearer token
	Audience        string  `yaml:"audience,omitempty"`      // what the gateway accepts in aud
	FullGroupPath   bool    `yaml:"full_group_path,omitempty"`
	StrictRedirects bool    `yaml:"strict_redirects,omitempty"`
}

// Client is the public client to be registered.
type Client struct {
	Name         string `yaml:"name,omitempty"`          // default: the kind's own
	ID           string `yaml:"id,omitempty"`            // chooses one of several clients of that name
	CallbackPort int    `yaml:"callback_port,omitempty"` // 1 to 65535; 0 lets the kind decide
	PerAssistant bool   `yaml:"per_assistant,omitempty"`
	// RedirectURIs are registered besides the computed ones.
	RedirectURIs []string `yaml:"redirect_uris,omitempty"`
	// AllowRedirects are those redirect URIs outside loopback that the operator trusts. They are
	// registered too.
	AllowRedirects []string `yaml:"allow_redirects,omitempty"`
}

// Mapping gives the members of an identity provider's group a registry scope.
type Mapping struct {
	Group string `yaml:"group"`
	Scope string `yaml:"scope"`
}

// Server is an override of one server of the registry.
type Server struct {
	Path          string  `yaml:"path"`
	OAuthClientID *string `yaml:"oauth_client_id,omitempty"`
	AppendMCPPath *bool   `yaml:"append_mcp_path,omitempty"`
}

// Secret says where a secret is, never what it is.
type Secret struct {
	Env  string `yaml:"env,omitempty"`  // the name of an environment variable
	File string `yaml:"file,omitempty"` // the path of a file, or - for standard input
}

// Write writes the file as YAML.
func (f File) Write(w io.Writer) error {
	enc := yaml.NewEncoder(w, yaml.Indent(2), yaml.IndentSequence(true))
	return errors.Join(enc.Encode(f), enc.Close())
}

// Read reads a file strictly: an unknown key, a second document or another version is an error
// that names line and column.
func Read(r io.Reader) (File, error) {
	var f File
	dec := yaml.NewDecoder(r, yaml.Strict())
	if err := dec.Decode(&f); err != nil {
		return File{}, usage(fmt.Sprintf("the file cannot be read: %v", err), "", err)
	}
	if err := dec.Decode(&File{}); !errors.Is(err, io.EOF) {
		return File{}, usage("the file holds more than one YAML document", "", nil)
	}
	if f.Version != Version {
		return File{}, usage(fmt.Sprintf("the file has version %d", f.Version), fmt.Sprintf("this program reads version: %d", Version), nil)
	}
	return f, nil
}

func usage(message, hint string, cause error) error {
	return &idp.Error{Code: idp.CodeUsage, Message: message, Hint: hint, Err: cause}
}
