package entratest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp/idptest"
)

// fields are the properties of an object as JSON values: string, bool, float64, nil, []any,
// map[string]any.
type fields = map[string]any

// object is one of the directory's.
type object struct {
	fields
	owners []string // ids of service principals
	seenAt int      // the number of the first Graph request that finds it
}

// directory is what the tenant holds.
type directory struct {
	applications, principals, grants, assignments, groups []*object

	deleted []*object // applications, for 30 days
	users   []*user
	asked   int // Graph requests so far
	delay   int // Graph requests during which a new object is unknown
}

// user is a person of the tenant.
type user struct {
	idptest.User

	id     string
	groups []*object
}

func newDirectory(c Config) (*directory, error) {
	d := &directory{principals: []*object{{fields: graphPrincipal()}}}
	for _, name := range c.Groups {
		d.addGroup(name)
	}
	for _, u := range c.Users {
		if slices.ContainsFunc(d.users, func(other *user) bool { return strings.EqualFold(other.Name, u.Name) }) {
			return nil, fmt.Errorf("two users are called %q", u.Name)
		}
		d.users = append(d.users, &user{User: u, id: newID(), groups: d.groupsNamed(u.Groups)})
	}
	return d, nil
}

func (d *directory) groupsNamed(names []string) []*object {
	var groups []*object
	for _, name := range names {
		i := slices.IndexFunc(d.groups, func(g *object) bool { return g.text("displayName") == name })
		if i < 0 {
			d.addGroup(name)
			i = len(d.groups) - 1
		}
		groups = append(groups, d.groups[i])
	}
	return groups
}

func (d *directory) addGroup(name string) {
	d.groups = append(d.groups, &object{fields: fields{
		"id": newID(), "deletedDateTime": nil, "createdDateTime": now(), "description": nil, "displayName": name,
		"groupTypes": []any{}, "mail": nil, "mailEnabled": false, "mailNickname": "g" + newID()[:8], "securityEnabled": true,
		"uniqueName": nil, "visibility": nil, "proxyAddresses": []any{}, "onPremisesSyncEnabled": nil, "renewedDateTime": now(),
	}})
}

// add keeps a new object, which the next requests do not find where the directory replicates
// slowly.
func (d *directory) add(to *[]*object, o *object) {
	o.seenAt = d.asked
	if d.delay > 0 {
		o.seenAt += d.delay + 1
	}
	*to = append(*to, o)
}

// seen reports whether the request that is being answered finds the object.
func (d *directory) seen(o *object) bool { return o.seenAt <= d.asked }

// find finds a seen object by a property; nil when there is none. Text is compared without case,
// as the directory does.
func (d *directory) find(among []*object, property, value string) *object {
	for _, o := range among {
		if d.seen(o) && value != "" && strings.EqualFold(o.text(property), value) {
			return o
		}
	}
	return nil
}

// visible are the objects that a request finds.
func (d *directory) visible(among []*object) []*object {
	return slices.DeleteFunc(slices.Clone(among), func(o *object) bool { return !d.seen(o) })
}

// text is a property that is text, or "".
func (o *object) text(property string) string { return textOf(o.fields, property) }

func textOf(f fields, property string) string {
	text, _ := f[property].(string)
	return text
}

// textsOf is a property that is a list of text.
func textsOf(f fields, property string) []string { return entriesOf[string](f, property) }

// objectsOf is a property that is a list of objects.
func objectsOf(f fields, property string) []fields { return entriesOf[fields](f, property) }

// entriesOf are the entries of a list that have one type.
func entriesOf[T any](f fields, property string) []T {
	list, _ := f[property].([]any)
	found := make([]T, 0, len(list))
	for _, entry := range list {
		if fits, ok := entry.(T); ok {
			found = append(found, fits)
		}
	}
	return found
}

// inner is a property that is an object; empty when it is none.
func inner(f fields, property string) fields {
	found, _ := f[property].(fields)
	return found
}

// clone copies fields and all that is in them.
func clone(f fields) fields {
	text, err := json.Marshal(f)
	if err != nil {
		panic("entratest: an object that is no JSON: " + err.Error())
	}
	copied := fields{}
	if err := json.Unmarshal(text, &copied); err != nil {
		panic("entratest: an object that is no JSON: " + err.Error())
	}
	return copied
}

// now is the present as Graph writes it.
func now() string { return time.Now().UTC().Format("2006-01-02T15:04:05Z") }
