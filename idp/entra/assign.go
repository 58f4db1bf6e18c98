package entra

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/plan"
)

// Assignments are read and written without the SDK's builders, like groups.
const assignmentsTemplate = "{+baseurl}/servicePrincipals/{id}/appRoleAssignedTo"

// assignments reads whom a service principal is assigned to, page by page: ids of groups and people.
func (g graphClient) assignments(ctx context.Context, principalID string) ([]string, error) {
	var ids []string
	err := g.pages(ctx, g.query(assignmentsTemplate, map[string]string{"id": principalID}), models.CreateAppRoleAssignmentCollectionResponseFromDiscriminatorValue, func(found any) (*string, bool) {
		page, ok := found.(models.AppRoleAssignmentCollectionResponseable)
		if !ok {
			return nil, false
		}
		for _, m := range page.GetValue() {
			if id := m.GetPrincipalId(); id != nil {
				ids = append(ids, id.String())
			}
		}
		return page.GetOdataNextLink(), true
	})
	return ids, err
}

// assignTo assigns a group to a service principal, in the role that stands for none.
func (g graphClient) assignTo(ctx context.Context, principalID, groupID string) error {
	resource, err := uuid.Parse(principalID)
	if err != nil {
		return err
	}
	group, err := uuid.Parse(groupID)
	if err != nil {
		return err
	}
	m := models.NewAppRoleAssignment()
	m.SetAppRoleId(&uuid.Nil)
	m.SetPrincipalId(&group)
	m.SetResourceId(&resource)
	request := g.query(assignmentsTemplate, map[string]string{"id": principalID})
	request.Method = abstractions.POST
	if err := request.SetContentFromParsable(ctx, g.adapter, "application/json", m); err != nil {
		return err
	}
	_, err = g.read(ctx, request, models.CreateAppRoleAssignmentFromDiscriminatorValue)
	return err
}

// observeAssignments resolves the groups that are to be assigned, and reads who is.
func (p *Provider) observeAssignments(ctx context.Context, w wanted, have *observed) error {
	if len(w.assign) == 0 {
		return nil
	}
	matches, err := p.observeGroups(ctx, w.assign, have.groups)
	if err != nil {
		return err
	}
	for _, m := range matches {
		switch {
		case len(m.found) == 1:
			if !slices.Contains(have.assign, m.found[0]) {
				have.assign = append(have.assign, m.found[0])
			}
		case m.hidden && guid.MatchString(m.asked):
			have.assign = append(have.assign, group{id: m.asked, displayName: m.asked, security: true})
		case m.hidden:
			return &idp.Error{Code: idp.CodeForbidden, Failure: "EN26", Message: fmt.Sprintf("group %s cannot be looked up, and is to be assigned", m.asked), Hint: "give the credential the permission " + readGroups + ", or name the group by its object id"}
		default:
			return &idp.Error{Code: idp.CodeNotFound, Failure: "EN07", Message: fmt.Sprintf("no group of the tenant is called %s, which is to be assigned", m.asked), Hint: "compare the name with the Entra admin center, Groups"}
		}
	}
	if have.gateway.principal == nil {
		return nil
	}
	have.gateway.assigned, err = p.graph.assignments(ctx, have.gateway.principal.id)
	if err != nil {
		return p.explain(ctx, "reading assignments", readApplications, err)
	}
	return nil
}

// assignments adds the groups that are not assigned to the gateway's application.
func (d *difference) assignments(w wanted, have *observed) {
	for i, g := range have.assign {
		if slices.ContainsFunc(have.gateway.assigned, func(id string) bool { return g.id != "" && strings.EqualFold(id, g.id) }) {
			d.ok("group assignment %s: on %s", g.displayName, gatewayName(w, have))
			continue
		}
		prevents := "EN07"
		if w.gateway.groups == ApplicationGroups {
			prevents = "EN15"
		}
		d.add(operation{verb: assignGroup, target: theGateway, group: i}, plan.Change{
			Kind: "group assignment", Name: assignmentName(have.assign, i), Action: plan.Create, Summary: "on " + gatewayName(w, have), Prevents: prevents,
		})
	}
}

// assignmentName is the group's name, with its id where another of that name is assigned too.
func assignmentName(groups []group, i int) string {
	for j, other := range groups {
		if j != i && other.displayName == groups[i].displayName {
			return groups[i].displayName + " " + groups[i].id
		}
	}
	return groups[i].displayName
}

// assignGroup assigns a group. Entra refuses a second assignment, so that a lost answer is looked up.
func (r *run) assignGroup(ctx context.Context, s step) error {
	gateway, group := r.have.gateway, r.have.assign[s.op.group]
	err := r.untilKnown(ctx, s.String(), r.fresh.unknown(gateway.principal.id), func() error {
		err := r.graph.assignTo(ctx, gateway.principal.id, group.id)
		if status := statusOf(err); err != nil && ctx.Err() == nil && (status == 0 || status == http.StatusBadRequest) {
			if there, lookErr := r.graph.assignments(ctx, gateway.principal.id); lookErr == nil && slices.Contains(there, group.id) {
				return nil
			}
		}
		return err
	})
	if err != nil {
		return r.explain(ctx, "making it", writeAssignments, err)
	}
	gateway.assigned = append(gateway.assigned, group.id)
	return nil
}
