package cmd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/registryclient"
)

// selectionHelp tells how servers of a registry are named, for the help of each command that
// takes them.
const selectionHelp = `Servers are named by their path in the registry. A path may hold * and ?, - reads paths from
standard input, one a line, --tag takes the servers with a tag, and --all every one.`

// selection names servers of a registry.
type selection struct {
	all  bool
	tags []string
}

func (s *selection) register(flags *pflag.FlagSet) {
	flags.BoolVar(&s.all, "all", false, "every server of the registry")
	flags.StringSliceVar(&s.tags, "tag", nil, "servers with this tag; of several tags any")
}

// named reports whether the command line names any server.
func (s selection) named(args []string) bool { return s.all || len(s.tags) > 0 || len(args) > 0 }

// check refuses contradictions.
func (s selection) check(args []string) error {
	switch {
	case !s.named(args):
		return usageError("no server is named", "name one by its path in the registry, as in /currenttime, or all with --all")
	case s.all && (len(args) > 0 || len(s.tags) > 0):
		return usageError("--all takes every server, and some are named too", "use one or the other")
	}
	return nil
}

// read replaces - among the arguments with the lines of stdin.
func (s selection) read(args []string, stdin io.Reader) ([]string, error) {
	at := slices.Index(args, "-")
	if at < 0 {
		return args, nil
	}
	var lines []string
	scanner := bufio.NewScanner(stdin)
	for scanner.Scan() {
		if line := strings.TrimSpace(scanner.Text()); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	if len(lines) == 0 {
		return nil, usageError("standard input names no server", "give a path a line, such as /currenttime")
	}
	return slices.Concat(args[:at], lines, args[at+1:]), nil
}

func isPattern(arg string) bool { return strings.ContainsAny(arg, "*?[") }

// paths returns the paths that the selection comes to, each once, in order: those given as they
// are, and those that the list of servers holds for the rest. Local servers, which run on the
// user's machine, are left out of the list and noted.
func (s selection) paths(ctx context.Context, r *registry, args []string) ([]string, []connect.Warning, error) {
	if !s.all && len(s.tags) == 0 && !slices.ContainsFunc(args, isPattern) {
		return args, nil, nil
	}
	var notes []connect.Warning
	var found []string
	unmatched := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return !isPattern(arg) })
	for server, err := range r.client.Servers(ctx, registryclient.ListOptions{}) {
		if err != nil {
			return nil, nil, r.told(err)
		}
		chosen := s.all || slices.ContainsFunc(s.tags, func(tag string) bool { return slices.Contains(server.Tags, tag) })
		for _, pattern := range args {
			if !isPattern(pattern) {
				continue
			}
			matches, err := path.Match(strings.Trim(pattern, "/"), strings.Trim(server.Path, "/"))
			if err != nil {
				return nil, nil, usageError(fmt.Sprintf("%q is no pattern: %v", pattern, err), "")
			}
			if matches {
				chosen = true
				unmatched = slices.DeleteFunc(unmatched, func(p string) bool { return p == pattern })
			}
		}
		switch {
		case !chosen:
		case server.Deployment == "local":
			notes = append(notes, connect.Warning{Text: fmt.Sprintf("%s is left out: it runs on the user's machine and needs no login", server.Path)})
		default:
			found = append(found, server.Path)
		}
	}
	if len(unmatched) > 0 {
		return nil, nil, &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("no server of the registry matches %s", strings.Join(unmatched, ", ")), Hint: "* stands for a part between slashes; quote it for the shell"}
	}
	if len(s.tags) > 0 && len(found) == 0 && len(args) == 0 {
		return nil, nil, &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("no server of the registry has the tag %s", strings.Join(s.tags, " or ")), Hint: "mcpreg server list shows the tags"}
	}
	for _, arg := range args {
		if !isPattern(arg) {
			found = append(found, arg)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), notes, nil
}
