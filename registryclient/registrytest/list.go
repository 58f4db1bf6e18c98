package registrytest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// serveList answers with a page of the servers that the caller may list.
func (r *Registry) serveList(c Config, w http.ResponseWriter, request *http.Request, who identity) {
	query := request.URL.Query()
	limit, refusal := number(query, "limit", 20, 1, 2000)
	if refusal == nil {
		var offset int
		if offset, refusal = number(query, "offset", 0, 0, 1<<30); refusal == nil {
			answer(w, http.StatusOK, r.list(c, who, limit, offset, query.Get("include_tools") != "false"))
			return
		}
	}
	answer(w, http.StatusUnprocessableEntity, map[string]any{"detail": []any{refusal}})
}

func (r *Registry) list(c Config, who identity, limit, offset int, tools bool) map[string]any {
	visible := slices.DeleteFunc(slices.Clone(c.Servers), func(s Server) bool { return !c.lists(who, s) })
	slices.SortFunc(visible, func(a, b Server) int { return strings.Compare(a.Name, b.Name) })
	total := len(visible)
	visible = visible[min(offset, total):min(offset+limit, total)]
	items := []any{}
	for _, s := range visible {
		items = append(items, r.item(c, s, who.admin(c), tools))
	}
	return map[string]any{"servers": items, "total_count": total, "limit": limit, "offset": offset, "has_next": offset+limit < total}
}

// item is a server in the list, which leaves the overrides out.
func (r *Registry) item(c Config, s Server, admin, tools bool) map[string]any {
	item := map[string]any{
		"id": id(s), "display_name": s.Name, "path": s.Path, "description": s.Description, "is_enabled": !s.Disabled,
		"tags": append([]string{}, s.Tags...), "num_tools": len(s.Tools), "license": "N/A", "health_status": health(s),
		"last_checked_iso": r.started.Format("2006-01-02T15:04:05.000000+00:00"), "metadata": map[string]any{}, "version": "v1.0.0",
		"default_version": "v1.0.0", "mcp_server_version": "1.0.0", "auth_scheme": or(s.AuthScheme, "none"), "auth_header_name": null(s.AuthHeaderName),
		"tool_list": []any{}, "visibility": "public", "status": "active", "registered_at": timestamp(r.started), "updated_at": timestamp(r.started),
		"num_stars": 0, "rating_details": []any{}, "deployment": or(s.Deployment, "remote"), "registered_by": or(s.RegisteredBy, "network-user"),
	}
	for _, name := range strings.Fields(`versions mcp_server_version_previous mcp_server_version_updated_at sync_metadata record_kind ard_source_url
		provider_organization provider_url source_created_at source_updated_at ans_metadata security_scan local_runtime`) {
		item[name] = nil
	}
	if admin {
		item["proxy_pass_url"], item["mcp_endpoint"] = s.ProxyPassURL, null(s.MCPEndpoint)
	}
	if tools {
		item["tool_list"] = toolList(s)
	}
	if !c.holds(NoOverridesInList) {
		item["oauth_client_id"], item["append_mcp_path"] = s.OAuthClientID, s.AppendMCPPath
	}
	return item
}

// number reads a query parameter within bounds, or says what is wrong with it as FastAPI does.
func number(query url.Values, name string, otherwise, least, most int) (int, map[string]any) {
	if !query.Has(name) {
		return otherwise, nil
	}
	given := query.Get(name)
	problem := map[string]any{"loc": []string{"query", name}, "input": given}
	n, err := strconv.Atoi(given)
	switch {
	case err != nil:
		problem["type"], problem["msg"] = "int_parsing", "Input should be a valid integer, unable to parse string as an integer"
	case n < least:
		problem["type"], problem["msg"], problem["ctx"] = "greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %d", least), map[string]int{"ge": least}
	case n > most:
		problem["type"], problem["msg"], problem["ctx"] = "less_than_equal", fmt.Sprintf("Input should be less than or equal to %d", most), map[string]int{"le": most}
	default:
		return n, nil
	}
	return 0, problem
}
