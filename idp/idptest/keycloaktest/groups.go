package keycloaktest

import (
	"net/http"
	"slices"
	"strings"
)

// group is a group of the realm, GroupRepresentation.
type group struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Path     string   `json:"path"`
	Count    int      `json:"subGroupCount"`
	Children []*group `json:"subGroups"`
}

// user is a person of the realm, or the user of a service account.
type user struct {
	User
	id     string
	groups []*group
}

// groupAt returns the group of that path or name, and makes what is missing of the path.
func (r *realm) groupAt(path string) *group {
	siblings, at := &r.groups, ""
	var found *group
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		at += "/" + name
		i := slices.IndexFunc(*siblings, func(g *group) bool { return g.Name == name })
		if i < 0 {
			i = len(*siblings)
			*siblings = append(*siblings, &group{ID: newID(), Name: name, Path: at, Children: []*group{}})
			if found != nil {
				found.Count++
			}
		}
		found = (*siblings)[i]
		siblings = &found.Children
	}
	return found
}

func (r *realm) addUser(u User) {
	made := &user{User: u, id: newID()}
	for _, path := range u.Groups {
		made.groups = append(made.groups, r.groupAt(path))
	}
	r.users = append(r.users, made)
}

// userNamed finds a person by name or email address, or returns nil.
func (r *realm) userNamed(name string) *user {
	for _, u := range r.users {
		if strings.EqualFold(u.Name, name) || u.Email != "" && strings.EqualFold(u.Email, name) {
			return u
		}
	}
	return nil
}

// claim is the value of a groups claim: paths, or last names, which a nested group may share with
// another.
func (u *user) claim(fullPath, leaves bool) []string {
	names := []string{}
	for _, g := range u.groups {
		if fullPath || !leaves {
			names = append(names, g.Path)
		} else if !slices.Contains(names, g.Name) {
			names = append(names, g.Name)
		}
	}
	return names
}

// listGroups answers with the top groups, or with the trees that a search by name finds.
func (k *Keycloak) listGroups(w http.ResponseWriter, request *http.Request, by caller) {
	if !k.may(by, queryGroups) {
		forbidden(w)
		return
	}
	query := request.URL.Query()
	found := []*group{}
	for _, g := range k.realm.groups {
		switch {
		case !k.may(by, viewUsers):
		case !query.Has("search"):
			found = append(found, &group{ID: g.ID, Name: g.Name, Path: g.Path, Count: g.Count, Children: []*group{}})
		default:
			if tree := g.search(query.Get("search"), query.Get("exact") == "true"); tree != nil {
				found = append(found, tree)
			}
		}
	}
	writeRepresentation(w, found)
}

// search returns the part of the tree that leads to groups of that name; nil when there is none.
func (g *group) search(name string, exact bool) *group {
	fits := g.Name == name || !exact && strings.Contains(strings.ToLower(g.Name), strings.ToLower(name))
	part := &group{ID: g.ID, Name: g.Name, Path: g.Path, Count: g.Count, Children: []*group{}}
	for _, child := range g.Children {
		if tree := child.search(name, exact); tree != nil {
			part.Children = append(part.Children, tree)
		}
	}
	if !fits && len(part.Children) == 0 {
		return nil
	}
	return part
}

// listUsers answers with the users, or with the one of that name.
func (k *Keycloak) listUsers(w http.ResponseWriter, request *http.Request, by caller) {
	if !k.may(by, queryUsers) {
		forbidden(w)
		return
	}
	type brief struct {
		ID       string `json:"id"`
		Username string `json:"username"`
		Email    string `json:"email,omitempty"`
		Enabled  bool   `json:"enabled"`
	}
	name, found := request.URL.Query().Get("username"), []brief{}
	for _, u := range k.realm.users {
		if k.may(by, viewUsers) && (name == "" || strings.EqualFold(u.Name, name)) {
			found = append(found, brief{u.id, u.Name, u.Email, true})
		}
	}
	writeRepresentation(w, found)
}
