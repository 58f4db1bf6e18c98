package registrytest

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// document is a stored document, as JSON would hold it.
type document map[string]any

// entry is a server with its stored document.
type entry struct {
	Server
	stored document
}

// storedTime is how the registry writes times into documents: UTC, without a zone.
const storedTime = "2006-01-02T15:04:05.000000"

// newEntry makes the document that a registration and the first health check leave behind.
func newEntry(s Server, before *snapshot, now time.Time) entry {
	s.CustomHeaders = slices.Clone(s.CustomHeaders)
	fill(&s.AuthScheme, "none")
	fill(&s.EgressAuthMode, "none")
	if s.Upstream == nil {
		s.Upstream = echoServer{}
	}
	d := document{
		"id": newID(), "server_name": s.Name, "description": s.Description, "path": s.Path,
		"tags": listOf(slices.Clone(s.Tags)), "num_tools": len(s.Tools), "license": "N/A", "tool_list": toolList(s.Tools),
		"metadata": document{}, "auth_scheme": s.AuthScheme, "visibility": "public",
		"registered_at": now.Format(storedTime), "updated_at": now.Format(storedTime),
		"is_enabled": !s.Disabled,
	}
	if len(s.Tools) > 0 {
		d["mcp_server_name"], d["mcp_server_version"] = "stub", "1.0.0"
	}
	s.addOwner(d)
	s.addAddress(d)
	s.addOverrides(d)
	s.addCredentials(d, now)
	if before != nil {
		if known := before.entry(s.Path); known != nil {
			for _, field := range []string{"id", "registered_at", "updated_at"} {
				d[field] = known.stored[field]
			}
		}
	}
	maps.Copy(d, s.Stored)
	if d["proxy_pass_url"] == nil {
		delete(d, "_identity_url_normalized")
	}
	return entry{Server: s, stored: d}
}

func (s *Server) addOwner(d document) {
	if s.BuiltIn {
		d["source"] = "builtin"
		return
	}
	fill(&s.RegisteredBy, "network-user")
	fill(&s.Deployment, "remote")
	d["registered_by"], d["deployment"] = s.RegisteredBy, s.Deployment
	d["version"], d["is_active"] = "v1.0.0", true
}

func (s *Server) addAddress(d document) {
	if s.Deployment == "local" {
		return
	}
	d["proxy_pass_url"] = s.ProxyPassURL
	d["supported_transports"] = []string{"streamable-http"}
	if u, err := url.Parse(s.ProxyPassURL); err == nil {
		d["_identity_url_normalized"] = strings.TrimSuffix(u.Host+u.Path, "/")
	}
	if s.MCPEndpoint != "" {
		d["mcp_endpoint"] = s.MCPEndpoint
	}
}

func (s *Server) addOverrides(d document) {
	if s.OAuthClientID != nil {
		d["oauth_client_id"] = *s.OAuthClientID
	}
	if s.AppendMCPPath != nil {
		d["append_mcp_path"] = *s.AppendMCPPath
	}
	if s.EgressAuthMode != "none" {
		d["egress_auth_mode"] = s.EgressAuthMode
	}
}

// addCredentials names the credentials; their values stay out of the document.
func (s *Server) addCredentials(d document, now time.Time) {
	const zoned = "2006-01-02T15:04:05.000000-07:00"
	if s.AuthScheme != "none" {
		d["auth_header_name"], d["credential_updated_at"] = orNull(s.AuthHeaderName), now.Format(zoned)
	}
	if len(s.CustomHeaders) == 0 {
		return
	}
	names := make([]string, len(s.CustomHeaders))
	for i, h := range s.CustomHeaders {
		names[i] = h.Name
	}
	d["custom_header_names"], d["custom_headers_updated_at"] = names, now.Format(zoned)
}

// toolList is how a health check stores the tools that it found.
func toolList(tools []Tool) []document {
	list := make([]document, len(tools))
	for i, t := range tools {
		list[i] = document{
			"name": t.Name, "description": t.Description,
			"parsed_description": document{"main": "No description available.", "args": nil, "returns": nil, "raises": nil},
			"schema":             document{"type": "object", "properties": document{"text": document{"type": "string"}}},
		}
	}
	return list
}

// appendsMCP tells whether the connect URL ends in /mcp: unless the server says false.
func (e *entry) appendsMCP() bool { return e.stored["append_mcp_path"] != false }

// orNull is the text, or nil if it is empty.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// listOf is the list, never null in JSON.
func listOf(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// newID is a random UUID (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
