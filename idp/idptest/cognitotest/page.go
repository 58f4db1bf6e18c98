package cognitotest

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// paging names the members of a listing.
type paging struct{ list, limit, token string }

const (
	largestPage = 60
	tokenMark   = "page:"
)

// page answers with one page of a list. The token that leads to the next one is opaque.
func (c *Cognito) page(all []object, asked object, names paging) (object, *failure) {
	size := largestPage
	if limit, given := asked[names.limit].(float64); given && limit > 0 {
		size = int(limit)
	}
	if !c.holds(ListsArePaged) {
		size = len(all)
	}
	start := 0
	if token, given := asked[names.token].(string); given {
		plain, err := base64.RawURLEncoding.DecodeString(token)
		after, marked := strings.CutPrefix(string(plain), tokenMark)
		if start, _ = strconv.Atoi(after); err != nil || !marked || start > len(all) {
			return nil, unworded("The pagination token is not one of this listing.")
		}
	}
	end := min(start+size, len(all))
	entries := []any{}
	for _, one := range all[start:end] {
		entries = append(entries, one)
	}
	answer := object{names.list: entries}
	if end < len(all) {
		answer[names.token] = base64.RawURLEncoding.EncodeToString([]byte(tokenMark + strconv.Itoa(end)))
	}
	return answer, nil
}
