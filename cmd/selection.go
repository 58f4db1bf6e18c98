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
	// virtual takes virtual servers too, of which the registry tells nothing but their path.
	virtual bool
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
		if line := strings.TrimSpace(strings.TrimPrefix(scanner.Text(), "\ufeff")); line != "" && !strings.HasPrefix(line, "#") {
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

// listPage is how many servers one page of the list has: pages are read one after the other, so that
// few are better, and a server takes a kilobyte or two.
const listPage = 500

// chosenPaths are the paths that a selection comes to, in order and each once.
type chosenPaths struct {
	all []string
	// named are those of the command line; what is wrong with one of them is an error. The others are
	// from the registry's list.
	named []string
	notes []connect.Warning
}

// paths returns those given as they are, and those that the list of servers holds for the rest.
// Local servers, which run on the user's machine, are left out of the list and noted.
func (s selection) paths(ctx context.Context, r *registry, args []string) (chosenPaths, error) {
	if !s.all && len(s.tags) == 0 && !slices.ContainsFunc(args, isPattern) {
		args = eachOnce(args)
		return chosenPaths{all: args, named: args}, nil
	}
	var chosen chosenPaths
	unmatched := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return !isPattern(arg) })
	for server, err := range r.client.Servers(ctx, registryclient.ListOptions{PageSize: listPage}) {
		if err != nil {
			return chosen, r.told(err)
		}
		patterns, err := matching(args, server.Path)
		if err != nil {
			return chosen, err
		}
		unmatched = slices.DeleteFunc(unmatched, func(p string) bool { return slices.Contains(patterns, p) })
		switch {
		case len(patterns) == 0 && !s.all && !slices.ContainsFunc(s.tags, func(tag string) bool { return slices.Contains(server.Tags, tag) }):
		case server.Deployment == "local":
			chosen.notes = append(chosen.notes, connect.Warning{Text: fmt.Sprintf("%s is left out: it runs on the user's machine and needs no login", plain(server.Path))})
		default:
			chosen.all = append(chosen.all, server.Path)
		}
	}
	switch {
	case len(unmatched) > 0:
		return chosen, &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("no server of the registry matches %s", strings.Join(unmatched, ", ")), Hint: "* stands for a part between slashes; quote it for the shell"}
	case len(s.tags) > 0 && len(chosen.all) == 0 && len(args) == 0:
		return chosen, &idp.Error{Code: idp.CodeNotFound, Message: fmt.Sprintf("no server of the registry has the tag %s", strings.Join(s.tags, " or ")), Hint: "mcpreg server show SERVER shows the tags of one"}
	}
	chosen.named = slices.DeleteFunc(slices.Clone(args), isPattern)
	chosen.all = eachOnce(slices.Concat(chosen.named, chosen.all))
	slices.SortFunc(chosen.all, func(a, b string) int { return strings.Compare(strings.Trim(a, "/"), strings.Trim(b, "/")) })
	return chosen, nil
}

// names reports whether a path is among those given, whatever slashes are at its ends.
func names(paths []string, path string) bool {
	return slices.ContainsFunc(paths, func(one string) bool { return strings.Trim(one, "/") == strings.Trim(path, "/") })
}

// eachOnce leaves out paths that differ from one before in slashes at their ends at most.
func eachOnce(paths []string) []string {
	seen := map[string]bool{}
	var once []string
	for _, p := range paths {
		if name := strings.Trim(p, "/"); !seen[name] {
			seen[name] = true
			once = append(once, p)
		}
	}
	return once
}

// matching returns the patterns among the arguments that a path fits.
func matching(args []string, server string) ([]string, error) {
	var patterns []string
	for _, pattern := range args {
		if !isPattern(pattern) {
			continue
		}
		fits, err := path.Match(strings.Trim(pattern, "/"), strings.Trim(server, "/"))
		if err != nil {
			return nil, usageError(fmt.Sprintf("%q is no pattern: %v", pattern, err), "")
		}
		if fits {
			patterns = append(patterns, pattern)
		}
	}
	return patterns, nil
}
