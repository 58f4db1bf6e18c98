package connect

import (
	"bytes"
	"encoding/json"
	"strings"
)

// header is one header of a snippet. Its value is a placeholder: what goes there is a secret.
type header struct{ name, value string }

// headers are written in their order; a later one of the same name replaces an earlier one.
type headers []header

// Placeholders as the registry's Connect dialog writes them.
const (
	gatewayToken = "Bearer [YOUR_GATEWAY_AUTH_TOKEN]"
	curlToken    = "Bearer [YOUR_TOKEN]"
	serverToken  = "Bearer [YOUR_SERVER_AUTH_TOKEN]"
	serverKey    = "[YOUR_API_KEY]"
)

// headers returns the server's own headers, then what authenticates to the server, then what
// authenticates to the gateway.
func (r Request) headers(server, gateway bool) headers {
	var list headers
	set := func(name, value string) {
		for i := range list {
			if strings.EqualFold(list[i].name, name) {
				list[i] = header{name, value}
				return
			}
		}
		list = append(list, header{name, value})
	}
	for _, name := range r.Headers {
		set(name, "[YOUR_"+placeholder(name)+"]")
	}
	if server {
		switch r.AuthScheme {
		case "bearer":
			set("Authorization", serverToken)
		case "api_key":
			name := r.AuthHeader
			if name == "" {
				name = "X-API-Key"
			}
			set(name, serverKey)
		}
	}
	if gateway {
		set("X-Authorization", gatewayToken)
	}
	return list
}

// placeholder spells a header's name in capitals.
func placeholder(name string) string {
	upper := []byte(name)
	for i, c := range upper {
		switch {
		case c >= 'a' && c <= 'z':
			upper[i] = c - 'a' + 'A'
		case (c < 'A' || c > 'Z') && (c < '0' || c > '9'):
			upper[i] = '_'
		}
	}
	return string(upper)
}

// MarshalJSON writes an object in the order of the list.
func (h headers) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	text.WriteByte('{')
	for i, one := range h {
		if i > 0 {
			text.WriteByte(',')
		}
		for j, part := range []string{one.name, one.value} {
			quoted, err := json.Marshal(part)
			if err != nil {
				return nil, err
			}
			if j == 1 {
				text.WriteByte(':')
			}
			text.Write(quoted)
		}
	}
	text.WriteByte('}')
	return text.Bytes(), nil
}
