package entratest

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// byKey is the form of an address that names an object by an alternate key:
// applications(uniqueName='x').
var byKey = regexp.MustCompile(`^/v1\.0/([A-Za-z]+)\(([A-Za-z]+)='(.*?)'\)(/.*)?$`)

// keyed makes applications(uniqueName='x') the segment applications/(uniqueName='x'), which the
// router can tell apart.
func keyed(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if found := byKey.FindStringSubmatch(request.URL.Path); found != nil {
			address := *request.URL
			segment := "(" + found[2] + "='" + found[3] + "')"
			address.Path = "/v1.0/" + found[1] + "/" + segment + found[4]
			address.RawPath = "/v1.0/" + found[1] + "/" + url.PathEscape(segment) + found[4]
			rewritten := request.Clone(request.Context())
			rewritten.URL = &address
			request = rewritten
		}
		handler.ServeHTTP(w, request)
	})
}

// key is how an address names an object: its property and the value.
type key struct{ property, value string }

var keySegment = regexp.MustCompile(`^\(([A-Za-z]+)='(.*)'\)$`)

func keyOf(request *http.Request) key {
	segment := request.PathValue("key")
	if found := keySegment.FindStringSubmatch(segment); found != nil {
		return key{found[1], strings.ReplaceAll(found[2], "''", "'")}
	}
	return key{"id", segment}
}

// maxTop is the largest $top of a directory list.
const maxTop = 999

// list answers with those objects that the query asks for
// (https://learn.microsoft.com/graph/query-parameters, /graph/paging).
func (e *Entra) list(c *call, set string, of entity, among []fields) (answer, *failure) {
	query := c.URL.Query()
	if refused := advanced(c.Request); refused != nil {
		return answer{}, refused
	}
	size := e.config.PageSize
	if top := query.Get("$top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 || n > maxTop {
			return answer{}, badRequest("Invalid page size specified: '" + top + "'. Must be between 1 and 999 inclusive.")
		}
		size = n
	}
	found := among
	if filter := query.Get("$filter"); filter != "" {
		meant, refused := parseFilter(filter, of)
		if refused != nil {
			return answer{}, refused
		}
		found = nil
		for _, f := range among {
			if meant(f) {
				found = append(found, f)
			}
		}
	}
	return e.page(c, set, of, found, size)
}

// page answers with one page of what was found.
func (e *Entra) page(c *call, set string, of entity, found []fields, size int) (answer, *failure) {
	query := c.URL.Query()
	start, _ := strconv.Atoi(query.Get("$skiptoken"))
	end := min(start+size, len(found))
	if !e.holds(ListsArePaged) {
		end = len(found)
	}
	body := fields{"@odata.context": c.context(set)}
	if query.Get("$count") == "true" && c.Header.Get("ConsistencyLevel") == "eventual" {
		body["@odata.count"] = len(found)
	}
	if end < len(found) {
		query.Set("$skiptoken", strconv.Itoa(end))
		body["@odata.nextLink"] = c.base + c.URL.Path + "?" + query.Encode()
	}
	page := []any{}
	for _, f := range found[min(start, end):end] {
		shown, refused := selected(f, query.Get("$select"), of)
		if refused != nil {
			return answer{}, refused
		}
		page = append(page, shown)
	}
	body["value"] = page
	return ok(body)
}

// show answers with one object.
func (c *call) show(set string, of entity, f fields) (answer, *failure) {
	shown, refused := selected(f, c.URL.Query().Get("$select"), of)
	if refused != nil {
		return answer{}, refused
	}
	shown["@odata.context"] = c.context(set + "/$entity")
	return ok(shown)
}

// selected keeps the properties that $select names.
func selected(f fields, names string, of entity) (fields, *failure) {
	shown := clone(f)
	if names == "" {
		return shown, nil
	}
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		if _, known := of.shape[name]; !known {
			return nil, refuse("BadRequest", "Parsing OData Select and Expand failed: Could not find a property named '"+name+"' on type 'microsoft.graph."+strings.ToLower(of.name[:1])+of.name[1:]+"'.")
		}
		wanted[name] = true
	}
	for name := range shown {
		if !wanted[name] {
			delete(shown, name)
		}
	}
	return shown, nil
}

// advanced refuses queries that need the header ConsistencyLevel: eventual
// (https://learn.microsoft.com/graph/aad-advanced-queries).
func advanced(request *http.Request) *failure {
	query := request.URL.Query()
	filter := " " + query.Get("$filter")
	needs := query.Has("$search") || strings.Contains(filter, " ne ") || strings.Contains(filter, " not ") || strings.Contains(filter, "endswith(")
	if needs && (request.Header.Get("ConsistencyLevel") != "eventual" || query.Get("$count") != "true" && !query.Has("$search")) {
		return refuse("Request_UnsupportedQuery", "Filter operator or search is not supported without the header ConsistencyLevel: eventual and $count=true.")
	}
	if query.Has("$search") || query.Has("$expand") || query.Has("$orderby") {
		return refuse("Request_UnsupportedQuery", "The stand-in does not know $search, $expand and $orderby.")
	}
	return nil
}
