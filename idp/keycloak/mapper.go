package keycloak

import (
	"slices"

	"github.com/Nerzal/gocloak/v13"
)

// groups puts the user's groups into the access token. Any mapper of the client that does so
// will do; ours is called groups, and is corrected when it does not.
func groups(w wanted) property {
	return property{
		path:     "groups",
		prevents: "KC08",
		is: func(c *gocloak.Client) []string {
			return groupsForm(c, w)
		},
		must: func(*gocloak.Client) []string { return []string{rightGroups(w)} },
		set: func(c *gocloak.Client) {
			setMapper(c, groupsMapperName, groupsMapperType, map[string]string{
				"claim.name":           "groups",
				"full.path":            trueFalse(w.fullPath),
				"access.token.claim":   "true",
				"id.token.claim":       "true",
				"userinfo.token.claim": "true",
			})
		},
	}
}

// groupsForm tells how the groups arrive, as people see it.
func groupsForm(c *gocloak.Client, w wanted) []string {
	form := ""
	for _, m := range mappersOf(c) {
		if stringOf(m.ProtocolMapper) != groupsMapperType || setting(m, "claim.name") != "groups" {
			if stringOf(m.Name) == groupsMapperName && form == "" {
				form = "a mapper of that name does something else"
			}
			continue
		}
		switch {
		case setting(m, "access.token.claim") != "true":
			form = "not in the access token"
		// Keycloak takes an absent full.path for false.
		case (setting(m, "full.path") == "true") != w.fullPath:
			form = "in the access token, as " + pathForm(!w.fullPath)
		default:
			return []string{rightGroups(w)}
		}
	}
	return words(form)
}

func rightGroups(w wanted) string { return "in the access token, as " + pathForm(w.fullPath) }

func pathForm(full bool) string {
	if full {
		return "paths"
	}
	return "names"
}

// audience puts what the gateway accepts into the token's aud. Keycloak adds none by itself, and
// ignores the resource parameter (RFC 8707) that assistants send.
func audience(w wanted) property {
	return property{
		path:     "audience",
		prevents: "KC06",
		is: func(c *gocloak.Client) []string {
			for _, m := range mappersOf(c) {
				if stringOf(m.ProtocolMapper) == audienceMapperType && setting(m, "access.token.claim") == "true" &&
					slices.Contains([]string{setting(m, "included.custom.audience"), setting(m, "included.client.audience")}, w.audience) {
					return []string{w.audience}
				}
			}
			return nil
		},
		must: func(*gocloak.Client) []string { return []string{w.audience} },
		set: func(c *gocloak.Client) {
			setMapper(c, audienceMapperName, audienceMapperType, map[string]string{
				"included.custom.audience": w.audience,
				"included.client.audience": "",
				"access.token.claim":       "true",
				"id.token.claim":           "false",
			})
		},
	}
}

// setMapper lays our settings over the mapper of that name, or adds it. A mapper's config is
// replaced as a whole by the server, so its other settings are carried along. An empty setting
// is removed.
func setMapper(c *gocloak.Client, name, kind string, settings map[string]string) {
	if c.ProtocolMappers == nil {
		c.ProtocolMappers = &[]gocloak.ProtocolMapperRepresentation{}
	}
	mappers := *c.ProtocolMappers
	i := slices.IndexFunc(mappers, func(m gocloak.ProtocolMapperRepresentation) bool { return stringOf(m.Name) == name })
	if i < 0 {
		mappers = append(mappers, gocloak.ProtocolMapperRepresentation{
			Name: gocloak.StringP(name), Protocol: gocloak.StringP("openid-connect"),
		})
		i = len(mappers) - 1
	}
	config := map[string]string{}
	if mappers[i].Config != nil && stringOf(mappers[i].ProtocolMapper) == kind {
		config = *mappers[i].Config
	}
	for key, value := range settings {
		if value == "" {
			delete(config, key)
		} else {
			config[key] = value
		}
	}
	mappers[i].ProtocolMapper, mappers[i].Config = gocloak.StringP(kind), &config
	*c.ProtocolMappers = mappers
}

func mappersOf(c *gocloak.Client) []gocloak.ProtocolMapperRepresentation {
	if c.ProtocolMappers == nil {
		return nil
	}
	return *c.ProtocolMappers
}

func setting(m gocloak.ProtocolMapperRepresentation, key string) string {
	if m.Config == nil {
		return ""
	}
	return (*m.Config)[key]
}

func trueFalse(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
