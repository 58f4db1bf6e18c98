package entratest

import (
	"net/url"
	"slices"
	"strings"
)

// Restriction is the tenant's application management policy, as far as it is about identifier
// URIs (https://learn.microsoft.com/graph/api/resources/identifieruriconfiguration).
type Restriction struct {
	// NonDefaultURIAddition blocks new URIs that are neither api://<appId> nor
	// api://<tenantId>/<appId>.
	NonDefaultURIAddition bool
	// WithoutUniqueTenantIdentifier blocks new URIs that hold no tenant id, app id or verified
	// domain.
	WithoutUniqueTenantIdentifier bool
	// ExcludeAppsReceivingV2Tokens spares applications that ask for tokens of version 2.
	ExcludeAppsReceivingV2Tokens bool
}

// Restrict puts the policy in force.
func (e *Entra) Restrict(r Restriction) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.policy = r
}

// maxIdentifierURIs is how many identifier URIs an application may have.
const maxIdentifierURIs = 999

// judgeIdentifierURIs checks those that are new
// (https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions).
func (e *Entra) judgeIdentifierURIs(before, after fields) *failure {
	const property = "identifierUris"
	all, old := textsOf(after, property), textsOf(before, property)
	if len(all) > maxIdentifierURIs && e.holds(IdentifierURIsAreLimited) {
		return badRequest("The number of values of property "+property+" exceeds the maximum allowed.").about("MaxLimitExceeded", property)
	}
	// Whether an application is spared is looked up in what is stored: the version has to be set
	// before the URI is added, or with a new application.
	stored := before
	if stored == nil {
		stored = after
	}
	for i, uri := range all {
		if slices.Contains(all[:i], uri) {
			return refuse("DuplicateValue", "Request contains a property with duplicate values.").about("DuplicateValue", property)
		}
		if slices.Contains(old, uri) {
			continue
		}
		parsed, err := url.Parse(uri)
		if err != nil || parsed.Scheme == "" || parsed.Host == "" && parsed.Opaque == "" || strings.HasSuffix(uri, "/") || strings.ContainsAny(uri, "#*") || len(uri) > maxURI {
			return invalid(property, application.name)
		}
		if e.holds(IdentifierURIsAreUnique) && e.nameTaken(property, uri, after) {
			return taken(property)
		}
		if refused := e.judgeByPolicy(parsed, stored); refused != nil {
			return refused
		}
		if e.holds(DomainsAreVerified) && !e.exempt(stored) && !e.secured(parsed, after) {
			return refuse("HostNameNotOnVerifiedDomain", "Values of identifierUris property must use a verified domain of the organization or its subdomain: '"+uri+"'").about("HostNameNotOnVerifiedDomain", property)
		}
	}
	return nil
}

// maxURI is how many characters an identifier or redirect URI may have.
const maxURI = 255

// exempt reports whether the application is spared the check of domains.
func (e *Entra) exempt(app fields) bool {
	return e.config.VersionTwoIsExempt && receivesV2(app) && textOf(app, "signInAudience") == singleTenant
}

func receivesV2(app fields) bool {
	return inner(app, "api")["requestedAccessTokenVersion"] == float64(2)
}

func (e *Entra) judgeByPolicy(uri *url.URL, app fields) *failure {
	spared := e.policy.ExcludeAppsReceivingV2Tokens && receivesV2(app)
	blocked := e.policy.NonDefaultURIAddition && !e.isDefault(uri.String(), app)
	if spared || !blocked && (!e.policy.WithoutUniqueTenantIdentifier || e.secured(uri, app)) {
		return nil
	}
	return refuse("InvalidUniqueTenantIdentifierAsPerAppPolicy", "Failed to add identifier URI "+uri.String()+". All newly added URIs must contain a tenant verified domain, tenant ID, or app ID, as per the default tenant policy of your organization. See https://aka.ms/identifier-uri-addition-error for more information on this error.").about("InvalidUniqueTenantIdentifierAsPerAppPolicy", "identifierUris")
}

func (e *Entra) isDefault(uri string, app fields) bool {
	id := textOf(app, "appId")
	return slices.Contains([]string{"api://" + id, "api://" + e.config.Tenant + "/" + id}, uri)
}

// secured reports whether a URI holds the tenant's id, the application's id or a verified domain
// where Microsoft's secure patterns have them.
func (e *Entra) secured(uri *url.URL, app fields) bool {
	id := textOf(app, "appId")
	switch uri.Scheme {
	case "api":
		segments := append([]string{uri.Host}, strings.Split(strings.Trim(uri.Path, "/"), "/")...)
		return slices.Contains([]string{id, e.config.Tenant}, uri.Host) || segments[len(segments)-1] == id || e.verified(uri.Hostname())
	case "https", "http":
		return e.verified(uri.Hostname())
	}
	return false
}

// verified reports whether a host is a verified domain or below one.
func (e *Entra) verified(host string) bool {
	return slices.ContainsFunc(e.config.Domains, func(domain string) bool {
		return strings.EqualFold(host, domain) || strings.HasSuffix(strings.ToLower(host), "."+strings.ToLower(domain))
	})
}
