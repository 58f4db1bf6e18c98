package oktatest

import (
	"net/http"
	"slices"
	"strconv"
)

// limits are those of one list: entries of a page when the request does not say, and at most.
type limits struct{ usual, most int }

// page answers with the part of a list that a request asks for, and with the address of the next
// one in a Link header (RFC 8288). The cursor is the id of the last entry before the page.
func (o *Okta) page(request *http.Request, list []document, l limits) answer {
	query := request.URL.Query()
	limit := l.usual
	if asked := query.Get("limit"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n == 0 || n < -1 {
			return invalid("limit", "must be a number greater than 0")
		}
		if n > 0 {
			limit = n
		}
	}
	limit = min(limit, l.most)
	if after := query.Get("after"); after != "" {
		i := slices.IndexFunc(list, func(d document) bool { return text(d, "id") == after })
		if i < 0 {
			return fail(http.StatusBadRequest, "E0000029", "Invalid paging request.")
		}
		list = list[i+1:]
	}
	answer := ok(list)
	address := *request.URL
	answer.self = o.baseURL(request) + address.RequestURI()
	if len(list) > limit && o.holds(ListsArePaged) {
		query.Set("after", text(list[limit-1], "id"))
		query.Set("limit", strconv.Itoa(limit))
		address.RawQuery = query.Encode()
		answer.next = o.baseURL(request) + address.RequestURI()
		answer.body = list[:limit]
	}
	if list == nil {
		answer.body = []document{}
	}
	return answer
}

// selected keeps the entries that a test admits.
func selected(list []document, admit func(document) bool) []document {
	kept := []document{}
	for _, d := range list {
		if admit(d) {
			kept = append(kept, d)
		}
	}
	return kept
}
