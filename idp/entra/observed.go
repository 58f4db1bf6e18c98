package entra

// observed is what the tenant holds of what is wanted. Who makes something writes it here, so that
// a later change finds the ids that an earlier one got.
type observed struct {
	home    *tenant // nil when not read
	gateway *registration
	clients []*registration // parallel to the wanted ones
	groups  []groupMatch
	assign  []group // parallel to the wanted ones
}

// registration is an application with what stands beside it in the tenant.
type registration struct {
	app       *application      // nil when absent
	principal *servicePrincipal // nil when absent
	// grant is the consent of a client for the gateway's permission, when consent is to be
	// granted; nil when there is none.
	grant *permissionGrant
	// assigned are the ids of groups and people that are assigned to the service principal, read
	// where groups are to be.
	assigned []string
}

// groupMatch is what a name of a group, or an id, was found to be.
type groupMatch struct {
	asked string
	found []group
	// hidden tells that the credential may not look.
	hidden bool
}

// appID is the client id, empty until it is known.
func (r *registration) appID() string {
	if r.app == nil {
		return ""
	}
	return r.app.appID
}

// nothing is a tenant in which nothing is set up. An application that is said to exist is there,
// and nothing is known of it.
func nothing(w wanted) *observed {
	o := &observed{gateway: &registration{}}
	if w.gateway.appID != "" {
		o.gateway.app = &application{appID: w.gateway.appID, displayName: w.gateway.appID}
	}
	for range w.clients {
		o.clients = append(o.clients, &registration{})
	}
	for _, name := range w.assign {
		o.assign = append(o.assign, group{displayName: name, security: true})
	}
	return o
}
