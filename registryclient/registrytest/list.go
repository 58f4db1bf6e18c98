package registrytest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// serveList answers a page of the servers that who may list.
func (now *snapshot) serveList(w http.ResponseWriter, req *http.Request, who *identity) {
	query := req.URL.Query()
	limit, ok := number(w, query.Get("limit"), "limit", 20, 1, 2000)
	if !ok {
		return
	}
	offset, ok := number(w, query.Get("offset"), "offset", 0, 0, -1)
	if !ok {
		return
	}
	status := query.Get("status")
	if status != "" && !slices.Contains([]string{"active", "deprecated", "draft", "beta"}, status) {
		detail(w, http.StatusBadRequest, fmt.Sprintf("Invalid status: %s", status))
		return
	}
	tools := query.Get("include_tools") != "false"
	all := []document{}
	for i := range now.entries {
		e := &now.entries[i]
		if now.mayList(who, e) && matches(e, query.Get("query"), status) {
			all = append(all, now.listed(e, who, tools))
		}
	}
	first, last := min(offset, len(all)), min(offset+limit, len(all))
	answer(w, http.StatusOK, document{
		"servers": all[first:last], "total_count": len(all),
		"limit": limit, "offset": offset, "has_next": last < len(all),
	})
}

// number reads a number of the query; there is no upper bound if most is negative.
func number(w http.ResponseWriter, text, name string, absent, least, most int) (int, bool) {
	if text == "" {
		return absent, true
	}
	problem := document{"loc": []string{"query", name}, "input": text}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		problem["type"], problem["msg"] = "int_parsing", "Input should be a valid integer, unable to parse string as an integer"
	case n < least:
		problem["type"], problem["ctx"] = "greater_than_equal", document{"ge": least}
		problem["msg"] = fmt.Sprintf("Input should be greater than or equal to %d", least)
	case most >= 0 && n > most:
		problem["type"], problem["ctx"] = "less_than_equal", document{"le": most}
		problem["msg"] = fmt.Sprintf("Input should be less than or equal to %d", most)
	default:
		return n, true
	}
	invalid(w, problem)
	return 0, false
}

// mayList tells whether list_service names the server.
func (now *snapshot) mayList(who *identity, e *entry) bool {
	return slices.ContainsFunc(who.permissions()["list_service"], func(name string) bool {
		return name == "all" || pathName(name) == pathName(e.Path) || name == e.Name && !now.holds(ListByPathName)
	})
}

func matches(e *entry, query, status string) bool {
	text := strings.ToLower(strings.Join(append([]string{e.Name, e.Description, e.Path}, e.Tags...), "\n"))
	return strings.Contains(text, strings.ToLower(query)) && (status == "" || status == e.or("status", "active"))
}

// listed is a server as it stands in a list, which has other fields than its document.
func (now *snapshot) listed(e *entry, who *identity, tools bool) document {
	item := document{
		"display_name": e.stored["server_name"], "health_status": e.health(), "last_checked_iso": e.checked(),
		"version": e.or("version", "v1.0.0"), "default_version": e.or("version", "v1.0.0"),
		"status": e.or("status", "active"), "deployment": e.or("deployment", "remote"),
		"num_stars": 0, "rating_details": []any{}, "tool_list": []any{},
	}
	for _, field := range strings.Fields(`id path description proxy_pass_url is_enabled tags num_tools license
		metadata auth_scheme auth_header_name visibility registered_at updated_at registered_by local_runtime
		mcp_endpoint mcp_server_version mcp_server_version_previous mcp_server_version_updated_at versions
		sync_metadata record_kind ard_source_url provider_organization provider_url source_created_at
		source_updated_at ans_metadata security_scan`) {
		item[field] = e.stored[field]
	}
	if tools {
		item["tool_list"] = e.stored["tool_list"]
	}
	if !now.holds(ListOmitsOverrides) {
		item["oauth_client_id"], item["append_mcp_path"] = e.stored["oauth_client_id"], e.stored["append_mcp_path"]
	}
	now.hideURLs(item, who)
	return item
}

// or is a field of the document, or what stands in lists where the document has none.
func (e *entry) or(field string, absent any) any {
	if value := e.stored[field]; value != nil {
		return value
	}
	return absent
}

func (e *entry) health() string {
	switch {
	case e.Disabled:
		return "disabled"
	case e.Unhealthy:
		return "unhealthy: connection failed"
	}
	return "healthy"
}

// checked is the time of the last health check; none was made of a server that is off.
func (e *entry) checked() any {
	if e.Disabled {
		return nil
	}
	return fmt.Sprintf("%s+00:00", e.stored["updated_at"])
}
