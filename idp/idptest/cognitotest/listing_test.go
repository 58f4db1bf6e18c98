package cognitotest_test

import (
	"fmt"
	"strings"
)

func listing() []row {
	return []row{
		{"list 61 clients", "60 1", "model", func(b *bench) string {
			for range 61 {
				b.create(nil)
			}
			return b.pages("ListUserPoolClients", "UserPoolClients", "NextToken", object{})
		}},
		{"list clients by two", "2 1", "model", func(b *bench) string {
			for range 3 {
				b.create(nil)
			}
			return b.pages("ListUserPoolClients", "UserPoolClients", "NextToken", object{"MaxResults": 2})
		}},
		{"list with 61 to a page", "InvalidParameterException: 1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60", "model; aws/aws-cli#2894 for the form", func(b *bench) string {
			return b.said(b.ask("ListUserPoolClients", object{"MaxResults": 61}))
		}},
		{"list tells ids and names only", "ClientId=yes ClientName=row UserPoolId={pool} CallbackURLs=-", "model", func(b *bench) string {
			b.create(nil)
			list, _ := b.ask("ListUserPoolClients", object{"MaxResults": 60}).body["UserPoolClients"].([]any)
			if len(list) != 1 {
				return fmt.Sprint(len(list), " clients")
			}
			one := list[0].(object)
			if one["ClientId"] != nil {
				one["ClientId"] = "yes"
			}
			return strings.ReplaceAll(told(one, "ClientId", "ClientName", "UserPoolId", "CallbackURLs"), b.pool, "{pool}")
		}},
		{"list identity providers", "ok", "model", func(b *bench) string { return b.said(b.ask("ListIdentityProviders", nil)) }},
		{"list resource servers", "ok", "model", func(b *bench) string { return b.said(b.ask("ListResourceServers", nil)) }},
		{"list pools", "ok", "model", func(b *bench) string { return b.said(b.call("ListUserPools", object{"MaxResults": 60})) }},
	}
}

// pages reads a listing to its end and tells how many entries each page had.
func (b *bench) pages(operation, list, token string, members object) string {
	var sizes []string
	for range 10 {
		got := b.ask(operation, members)
		if got.code() != "ok" {
			return b.said(got)
		}
		entries, _ := got.body[list].([]any)
		sizes = append(sizes, fmt.Sprint(len(entries)))
		next, more := got.body[token].(string)
		if !more {
			return strings.Join(sizes, " ")
		}
		members[token] = next
	}
	return "no end: " + strings.Join(sizes, " ")
}
