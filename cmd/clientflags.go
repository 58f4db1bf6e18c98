package cmd

import (
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
)

// httpSession is the HTTP client of an invocation and the count of its requests.
type httpSession struct {
	client *http.Client
	sent   *atomic.Int64
}

// clientFlags describe the public client; they are the same for every kind.
type clientFlags struct {
	registry       registryFlags
	name           string
	id             string
	port           int
	assistants     []string
	servers        []string
	groups         []string
	allowRedirects []string
	perAssistant   bool

	// Flags of some commands only.
	prune     bool
	yes       bool
	dryRun    bool
	only      string
	savedPlan string
	export    bool
	output    string
}

func (f *clientFlags) register(flags *pflag.FlagSet, kind idp.Kind) {
	flags.StringVar(&f.name, "name", kind.Traits().DefaultClientName, "name of the public client")
	flags.StringSliceVar(&f.assistants, "assistant", nil, "assistants that log in (default claude-code,cursor,codex)")
	flags.StringArrayVar(&f.servers, "server", nil, "connect URL of a server; may be repeated")
	flags.StringSliceVar(&f.groups, "group", nil, "groups that the token must be able to carry")
	flags.StringArrayVar(&f.allowRedirects, "allow-redirect", nil, "register this redirect URI although it leaves the user's machine; may be repeated")
	f.registry.register(flags)
	if kind.Traits().Redirects.NeedsPort() {
		addPort(flags, &f.port)
	}
	if kind != idp.Keycloak { // where a client's name is its id
		flags.StringVar(&f.id, "client-id", "", "id of the client, where several have the name")
	}
	flags.BoolVar(&f.perAssistant, "per-assistant", false, "one client for each assistant, NAME-cursor and so on, and NAME-other")
}

// declare fills what the flags say of the client. IDE_REDIRECT_URIS adds redirect URIs on every
// kind, separated by spaces.
func (f *clientFlags) declare(file *setup.File, name string, lookupEnv func(string) (string, bool)) {
	file.Version = setup.Version
	file.Client = setup.Client{Name: name, ID: f.id, CallbackPort: f.port, PerAssistant: f.perAssistant, AllowRedirects: f.allowRedirects}
	if more, ok := lookupEnv("IDE_REDIRECT_URIS"); ok {
		file.Client.RedirectURIs = strings.Fields(more)
	}
	file.Assistants = f.assistants
	file.ConnectURLs = f.servers
	for _, group := range f.groups {
		file.Groups = append(file.Groups, setup.Mapping{Group: group})
	}
}
