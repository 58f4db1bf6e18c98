package keycloak

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/Nerzal/gocloak/v13"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Inspect returns the plan with what it takes more requests to know: whether anybody may
// register clients, which groups borrow the name of one that counts, and which mappers a login
// really meets. It writes nothing. What the credential may not see becomes a note that names
// the role.
func (p *Provider) Inspect(ctx context.Context, spec idp.Spec) (*plan.Plan, *idp.Registration, error) {
	result, registration, err := p.Plan(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	if err := p.inspectRegistration(ctx, result); err != nil {
		return nil, nil, err
	}
	if !p.config.FullGroupPath {
		for _, group := range spec.Groups {
			if err := p.inspectGroup(ctx, result, group); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, client := range spec.Clients {
		if err := p.inspectMappers(ctx, result, client.Name); err != nil {
			return nil, nil, err
		}
	}
	return result, registration, nil
}

// inspectRegistration finds out whether anonymous Dynamic Client Registration (RFC 7591) is open,
// with a request that cannot create anything: its redirect URI has a fragment, which is refused
// after the policies had their say.
func (p *Provider) inspectRegistration(ctx context.Context, result *plan.Plan) error {
	body := []byte(`{"redirect_uris":["http://localhost/cb#x"],"client_name":"probe"}`)
	address := p.config.URL + "/realms/" + p.realmPath() + "/clients-registrations/openid-connect"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("probing client registration: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := p.session.http.Do(request)
	if err != nil {
		return p.session.transportError(ctx, "probing client registration", err, nil)
	}
	defer response.Body.Close()
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	// An answer that is no JSON is as inconclusive as one that says something else.
	_ = json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&answer)
	switch {
	case response.StatusCode == http.StatusForbidden && answer.Error == "insufficient_scope":
		result.Right("anonymous Dynamic Client Registration is closed for this address: %s", answer.Description)
	case response.StatusCode == http.StatusBadRequest && answer.Error == "invalid_redirect_uri":
		result.Note(plan.Note{
			Failure: "KC26", Owner: owner,
			Text: "anonymous Dynamic Client Registration is open: anybody who reaches the realm can register clients; close it with a Max Clients policy of 0",
		})
	default:
		result.Note(plan.Note{Owner: owner, Text: fmt.Sprintf("whether anonymous Dynamic Client Registration is open could not be told (%s)", response.Status)})
	}
	return nil
}

// inspectGroup finds groups that share the name of one that the registry maps: with names in the
// claim, their members get its rights.
func (p *Provider) inspectGroup(ctx context.Context, result *plan.Plan, name string) error {
	var groups []*gocloak.Group
	err := p.session.call(ctx, "looking up group "+name, func(ctx context.Context, token string) (err error) {
		groups, err = p.session.cloak.GetGroups(ctx, token, p.realmPath(), gocloak.GetGroupsParams{Search: &name, Exact: gocloak.BoolP(true)})
		return err
	})
	var refused *idp.Error
	if errors.As(err, &refused) && refused.Code == idp.CodeForbidden {
		result.Note(plan.Note{Owner: owner, Text: fmt.Sprintf("group %s was not looked up: the credential lacks the role view-users of the client realm-management", name)})
		return nil
	}
	if err != nil {
		return err
	}
	var found []gocloak.Group
	for _, g := range groups {
		found = append(found, *g)
	}
	paths := pathsNamed(found, name)
	switch {
	case len(paths) == 0:
		result.Note(plan.Note{Failure: "GW02", Owner: owner, Text: fmt.Sprintf("no group is called %s, or the credential may not see it (role view-users)", name)})
	case len(paths) == 1:
		result.Right("group %s: one group has this name (%s)", name, paths[0])
	default:
		result.Note(plan.Note{
			Failure: "KC22", Owner: owner,
			Text: fmt.Sprintf("%d groups are called %s (%s): tokens carry names, so the members of each get the same access; rename, or use --full-group-path", len(paths), name, strings.Join(paths, ", ")),
		})
	}
	return nil
}

// pathsNamed returns the paths of all groups of that name, nested ones too, sorted.
func pathsNamed(groups []gocloak.Group, name string) []string {
	var paths []string
	for _, g := range groups {
		if stringOf(g.Name) == name {
			paths = append(paths, stringOf(g.Path))
		}
		if g.SubGroups != nil {
			paths = append(paths, pathsNamed(*g.SubGroups, name)...)
		}
	}
	slices.Sort(paths)
	return paths
}

// effectiveMapper is a mapper that applies to a login, and where it comes from.
type effectiveMapper struct {
	MapperName    string `json:"mapperName"`
	ContainerName string `json:"containerName"`
	ContainerType string `json:"containerType"`
	Type          string `json:"protocolMapper"`
}

// container names where the mapper stands. Keycloak names scopes here, and not the client.
func (m effectiveMapper) container() string {
	if m.ContainerType == "client" {
		return "of the client"
	}
	return strings.TrimSpace("of client scope " + m.ContainerName)
}

// inspectMappers lists the mappers that fill the token of a login, from the client and its
// scopes.
func (p *Provider) inspectMappers(ctx context.Context, result *plan.Plan, clientID string) error {
	client, err := p.lookUp(ctx, clientID)
	if err != nil || client == nil {
		return err
	}
	var mappers []effectiveMapper
	err = p.session.call(ctx, "evaluating the mappers of client "+clientID, func(ctx context.Context, token string) error {
		address := fmt.Sprintf("%s/admin/realms/%s/clients/%s/evaluate-scopes/protocol-mappers", p.config.URL, p.realmPath(), *client.ID)
		response, err := p.session.cloak.GetRequestWithBearerAuth(ctx, token).
			SetQueryParam("scope", "openid email profile offline_access").SetResult(&mappers).Get(address)
		if err == nil && response.IsError() {
			return &gocloak.APIError{Code: response.StatusCode(), Message: response.Status()}
		}
		return err
	})
	if err != nil {
		return err
	}
	var names []string
	for _, m := range mappers {
		if slices.Contains([]string{groupsMapperType, audienceMapperType}, m.Type) {
			names = append(names, m.MapperName+" ("+m.container()+")")
		}
	}
	slices.Sort(names)
	result.Right("client %s: groups and audience come from %s", clientID, strings.Join(names, ", "))
	return nil
}
