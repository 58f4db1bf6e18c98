package keycloak

import (
	"slices"

	"github.com/Nerzal/gocloak/v13"
)

// property is one thing that must be true of the client: how it reads, how it must read, and
// how a representation is made to say so. The same list makes the difference, the write, and
// the comparison after reading back.
type property struct {
	path     string
	prevents string
	excess   string // what a value that nobody asked for invites; empty for nothing
	// is tells the value for people and for comparison.
	is func(*gocloak.Client) []string
	// must tells the value wanted of a client that is as given.
	must func(*gocloak.Client) []string
	// set writes the wanted value into a representation, over what that holds.
	set func(*gocloak.Client)
	// flow tells that the property opens or closes a way to log in.
	flow bool
}

func (p property) right(c *gocloak.Client) bool { return slices.Equal(p.is(c), p.must(c)) }

// properties lists what must be true of the client, in the order in which a plan shows it.
func properties(w wanted) []property {
	return []property{
		redirects(w),
		groups(w),
		audience(w),
		attributeIs("pkce", "KC16", pkceAttribute, "S256"),
		flag("enabled", "KC02", true, func(c *gocloak.Client) **bool { return &c.Enabled }),
		flag("standard flow", "KC29", true, func(c *gocloak.Client) **bool { return &c.StandardFlowEnabled }),
		flag("implicit flow", "KC28", false, func(c *gocloak.Client) **bool { return &c.ImplicitFlowEnabled }),
		flag("direct access grants", "KC28", false, func(c *gocloak.Client) **bool { return &c.DirectAccessGrantsEnabled }),
		flag("service account", "KC28", false, func(c *gocloak.Client) **bool { return &c.ServiceAccountsEnabled }),
		deviceGrantOff(),
		mark(),
	}
}

func redirects(w wanted) property {
	must := func(c *gocloak.Client) []string {
		if w.prune {
			return w.redirects
		}
		all := slices.Clone(listOf(c.RedirectURIs))
		for _, uri := range w.redirects {
			if !slices.Contains(all, uri) {
				all = append(all, uri)
			}
		}
		return all
	}
	return property{
		path:     "redirects",
		prevents: "KC01",
		excess:   "KC20",
		// The server keeps a set, so the order says nothing.
		is:   func(c *gocloak.Client) []string { return slices.Sorted(slices.Values(listOf(c.RedirectURIs))) },
		must: func(c *gocloak.Client) []string { return slices.Sorted(slices.Values(must(c))) },
		set: func(c *gocloak.Client) {
			list := must(c)
			c.RedirectURIs = &list
		},
	}
}

func attributeIs(path, prevents, name, value string) property {
	return property{
		path:     path,
		prevents: prevents,
		is:       func(c *gocloak.Client) []string { return words(attribute(c, name)) },
		must:     func(*gocloak.Client) []string { return []string{value} },
		set:      func(c *gocloak.Client) { setAttribute(c, name, value) },
		flow:     name == pkceAttribute,
	}
}

// mark says that mcpreg looks after the client, so that removal may delete it.
func mark() property {
	p := attributeIs("mark", "", markAttribute, "true")
	p.flow = false
	return p
}

func deviceGrantOff() property {
	return property{
		path:     "device grant",
		prevents: "KC28",
		is:       func(c *gocloak.Client) []string { return onOff(attribute(c, deviceAttribute) == "true") },
		must:     func(*gocloak.Client) []string { return onOff(false) },
		set: func(c *gocloak.Client) {
			// Absent is off; a new client need not say so.
			if c.ID != nil {
				setAttribute(c, deviceAttribute, "false")
			}
		},
		flow: true,
	}
}

func setAttribute(c *gocloak.Client, name, value string) {
	if c.Attributes == nil {
		c.Attributes = &map[string]string{}
	}
	(*c.Attributes)[name] = value
}

func flag(path, prevents string, on bool, field func(*gocloak.Client) **bool) property {
	return property{
		path:     path,
		prevents: prevents,
		is:       func(c *gocloak.Client) []string { return onOff(isTrue(*field(c))) },
		must:     func(*gocloak.Client) []string { return onOff(on) },
		set:      func(c *gocloak.Client) { *field(c) = gocloak.BoolP(on) },
		flow:     true,
	}
}
