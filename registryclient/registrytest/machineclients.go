package registrytest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

const machineClients = "/api/iam/m2m-clients"

// serveMachineClients keeps the groups of clients whose tokens carry none.
func (r *Registry) serveMachineClients(w http.ResponseWriter, req *http.Request, now *snapshot, who *identity, id string) {
	at := slices.IndexFunc(now.MachineClients, func(m MachineClient) bool { return m.ID == id })
	switch {
	case id == "" && req.Method == http.MethodPost:
		r.addMachineClient(w, req, now, who)
	case id == "":
		get(w, req, func() {
			items := []document{}
			for _, m := range now.MachineClients {
				items = append(items, m.document())
			}
			answer(w, http.StatusOK, document{"total": len(items), "limit": 500, "skip": 0, "items": items})
		})
	case at < 0:
		detail(w, http.StatusNotFound, "M2M client not found: "+id)
	case req.Method == http.MethodDelete:
		r.Configure(func(c *Config) {
			c.MachineClients = slices.DeleteFunc(slices.Clone(c.MachineClients), func(m MachineClient) bool { return m.ID == id })
		})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNoContent)
	default:
		get(w, req, func() { answer(w, http.StatusOK, now.MachineClients[at].document()) })
	}
}

func (r *Registry) addMachineClient(w http.ResponseWriter, req *http.Request, now *snapshot, who *identity) {
	var body struct {
		ID     string   `json:"client_id"`
		Name   string   `json:"client_name"`
		Groups []string `json:"groups"`
	}
	_ = json.NewDecoder(io.LimitReader(req.Body, 1<<20)).Decode(&body) // what is no document has no id
	if body.ID == "" {
		invalid(w, document{"type": "missing", "loc": []string{"body", "client_id"}, "msg": "Field required", "input": nil})
		return
	}
	added := MachineClient{ID: body.ID, Name: body.Name, Groups: body.Groups, CreatedBy: who.name, created: time.Now().UTC()}
	r.Configure(func(c *Config) { c.MachineClients = append(slices.Clone(now.MachineClients), added) })
	answer(w, http.StatusCreated, added.document())
}

func (m MachineClient) document() document {
	created := m.created.Format(storedTime)
	return document{
		"client_id": m.ID, "name": m.Name, "description": nil, "groups": listOf(m.Groups), "enabled": true, "provider": "manual",
		"created_at": created, "updated_at": created, "idp_app_id": nil, "created_by": m.CreatedBy,
	}
}

// groupsOf are those of a user or machine: of the token, else those kept for its client.
func (now *snapshot) groupsOf(c *claims) []string {
	groups := c.groups(now.Provider)
	if len(groups) > 0 {
		return groups
	}
	for _, m := range now.MachineClients {
		if m.ID == c.client(now) {
			return listOf(m.Groups)
		}
	}
	return groups
}
