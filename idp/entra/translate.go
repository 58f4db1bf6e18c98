package entra

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

const uniqueNameProperty = "uniqueName"

// selectedProperties are what is read of an application: Graph leaves some out unless asked.
func selectedProperties() []string {
	return []string{
		"id", "appId", "displayName", uniqueNameProperty, "signInAudience", "tags", "identifierUris", "groupMembershipClaims", "api",
		"publicClient", "web", "spa", "isFallbackPublicClient", "passwordCredentials", "keyCredentials",
	}
}

// readApplication takes from the SDK's entity what logins depend on.
func readApplication(m models.Applicationable) *application {
	a := &application{
		id: text(m.GetId()), appID: text(m.GetAppId()), displayName: text(m.GetDisplayName()), uniqueName: text(m.GetUniqueName()),
		signInAudience: text(m.GetSignInAudience()), tags: m.GetTags(), identifierURIs: m.GetIdentifierUris(),
		groupMembershipClaims: text(m.GetGroupMembershipClaims()), fallbackPublicClient: truth(m.GetIsFallbackPublicClient()),
		secrets: len(m.GetPasswordCredentials()) + len(m.GetKeyCredentials()),
	}
	if api := m.GetApi(); api != nil {
		readAPI(a, api)
	}
	if platform := m.GetPublicClient(); platform != nil {
		a.publicRedirects = platform.GetRedirectUris()
	}
	if platform := m.GetSpa(); platform != nil {
		a.spaRedirects = platform.GetRedirectUris()
	}
	if platform := m.GetWeb(); platform != nil {
		a.webRedirects = platform.GetRedirectUris()
		if implicit := platform.GetImplicitGrantSettings(); implicit != nil {
			a.implicitIDToken, a.implicitAccessToken = truth(implicit.GetEnableIdTokenIssuance()), truth(implicit.GetEnableAccessTokenIssuance())
		}
	}
	return a
}

func readAPI(a *application, api models.ApiApplicationable) {
	if version := api.GetRequestedAccessTokenVersion(); version != nil {
		a.tokenVersion = int(*version)
	}
	for _, s := range api.GetOauth2PermissionScopes() {
		a.scopes = append(a.scopes, permissionScope{id: idOf(s), value: text(s.GetValue()), enabled: truth(s.GetIsEnabled())})
	}
	for _, p := range api.GetPreAuthorizedApplications() {
		a.preAuthorized = append(a.preAuthorized, preAuthorization{appID: text(p.GetAppId()), permissionIDs: p.GetDelegatedPermissionIds()})
	}
}

// body is the PATCH that makes before, as read in raw, into after: only properties that differ. A
// complex property is replaced as a whole, so it starts from what was read, and keeps what mcpreg
// does not know. Without raw it is a new application.
func body(raw models.Applicationable, before, after *application) models.Applicationable {
	m := models.NewApplication()
	differs := func(is, was string) bool { return is != was }
	if differs(after.displayName, before.displayName) {
		m.SetDisplayName(&after.displayName)
	}
	if differs(after.signInAudience, before.signInAudience) {
		m.SetSignInAudience(&after.signInAudience)
	}
	if differs(after.groupMembershipClaims, before.groupMembershipClaims) {
		m.SetGroupMembershipClaims(&after.groupMembershipClaims)
	}
	if !slices.Equal(after.tags, before.tags) {
		m.SetTags(after.tags)
	}
	if !slices.Equal(after.identifierURIs, before.identifierURIs) {
		m.SetIdentifierUris(nonNil(after.identifierURIs))
	}
	if raw == nil {
		raw = models.NewApplication()
	}
	if apiDiffers(before, after) {
		m.SetApi(apiBody(raw.GetApi(), before, after))
	}
	platforms(m, raw, before, after)
	return m
}

func apiDiffers(before, after *application) bool {
	return before.tokenVersion != after.tokenVersion || !slices.Equal(before.scopes, after.scopes) ||
		!slices.EqualFunc(before.preAuthorized, after.preAuthorized, func(a, b preAuthorization) bool {
			return a.appID == b.appID && slices.Equal(a.permissionIDs, b.permissionIDs)
		})
}

func apiBody(api models.ApiApplicationable, before, after *application) models.ApiApplicationable {
	if api == nil {
		api = models.NewApiApplication()
	}
	if before.tokenVersion != after.tokenVersion {
		version := int32(after.tokenVersion)
		api.SetRequestedAccessTokenVersion(&version)
	}
	scopes := []models.PermissionScopeable{}
	for _, wanted := range after.scopes {
		scopes = append(scopes, scopeBody(api.GetOauth2PermissionScopes(), wanted))
	}
	api.SetOauth2PermissionScopes(scopes)
	authorized := []models.PreAuthorizedApplicationable{}
	for _, wanted := range after.preAuthorized {
		authorized = append(authorized, preAuthorizedBody(api.GetPreAuthorizedApplications(), wanted))
	}
	api.SetPreAuthorizedApplications(authorized)
	return api
}

// scopeBody is the permission as it was read, switched as wanted, or a new one.
func scopeBody(read []models.PermissionScopeable, wanted permissionScope) models.PermissionScopeable {
	for _, s := range read {
		if idOf(s) == wanted.id {
			s.SetIsEnabled(&wanted.enabled)
			return s
		}
	}
	s := models.NewPermissionScope()
	id := uuid.MustParse(wanted.id)
	s.SetId(&id)
	s.SetIsEnabled(&wanted.enabled)
	set := func(field func(*string), value string) { field(&value) }
	set(s.SetValue, wanted.value)
	set(s.SetTypeEscaped, "User")
	set(s.SetAdminConsentDisplayName, "Use MCP servers")
	set(s.SetAdminConsentDescription, "Lets an AI coding assistant call MCP servers behind the gateway on behalf of the signed-in user.")
	set(s.SetUserConsentDisplayName, "Use MCP servers")
	set(s.SetUserConsentDescription, "Lets your AI coding assistant call MCP servers behind the gateway on your behalf.")
	return s
}

func preAuthorizedBody(read []models.PreAuthorizedApplicationable, wanted preAuthorization) models.PreAuthorizedApplicationable {
	for _, p := range read {
		if text(p.GetAppId()) == wanted.appID {
			p.SetDelegatedPermissionIds(nonNil(wanted.permissionIDs))
			return p
		}
	}
	p := models.NewPreAuthorizedApplication()
	p.SetAppId(&wanted.appID)
	p.SetDelegatedPermissionIds(nonNil(wanted.permissionIDs))
	return p
}

// platforms sets the redirect URIs of each platform that differs.
func platforms(m, raw models.Applicationable, before, after *application) {
	if !slices.Equal(before.publicRedirects, after.publicRedirects) {
		platform := raw.GetPublicClient()
		if platform == nil {
			platform = models.NewPublicClientApplication()
		}
		platform.SetRedirectUris(nonNil(after.publicRedirects))
		m.SetPublicClient(platform)
	}
	if !slices.Equal(before.spaRedirects, after.spaRedirects) {
		platform := raw.GetSpa()
		if platform == nil {
			platform = models.NewSpaApplication()
		}
		platform.SetRedirectUris(nonNil(after.spaRedirects))
		m.SetSpa(platform)
	}
	implicit := before.implicitIDToken != after.implicitIDToken || before.implicitAccessToken != after.implicitAccessToken
	if implicit || !slices.Equal(before.webRedirects, after.webRedirects) {
		m.SetWeb(webBody(raw.GetWeb(), after))
	}
}

func webBody(platform models.WebApplicationable, after *application) models.WebApplicationable {
	if platform == nil {
		platform = models.NewWebApplication()
	}
	platform.SetRedirectUris(nonNil(after.webRedirects))
	// Each URI has an entry here too, and an entry without its URI is refused.
	settings := slices.DeleteFunc(platform.GetRedirectUriSettings(), func(s models.RedirectUriSettingsable) bool {
		return !slices.Contains(after.webRedirects, text(s.GetUri()))
	})
	if settings != nil {
		platform.SetRedirectUriSettings(settings)
	}
	implicit := platform.GetImplicitGrantSettings()
	if implicit == nil {
		implicit = models.NewImplicitGrantSettings()
	}
	implicit.SetEnableIdTokenIssuance(&after.implicitIDToken)
	implicit.SetEnableAccessTokenIssuance(&after.implicitAccessToken)
	platform.SetImplicitGrantSettings(implicit)
	return platform
}

func readPrincipal(m models.ServicePrincipalable) *servicePrincipal {
	enabled := m.GetAccountEnabled()
	return &servicePrincipal{
		id: text(m.GetId()), appID: text(m.GetAppId()),
		disabled: enabled != nil && !*enabled, assignmentRequired: truth(m.GetAppRoleAssignmentRequired()),
	}
}

func readGrant(m models.OAuth2PermissionGrantable) permissionGrant {
	return permissionGrant{
		id: text(m.GetId()), clientID: text(m.GetClientId()), resourceID: text(m.GetResourceId()),
		allPrincipals: text(m.GetConsentType()) == "AllPrincipals", scopes: strings.Fields(text(m.GetScope())),
	}
}

func readOrganization(m models.Organizationable) *tenant {
	o := &tenant{id: text(m.GetId()), displayName: text(m.GetDisplayName())}
	for _, d := range m.GetVerifiedDomains() {
		o.domains = append(o.domains, strings.ToLower(text(d.GetName())))
	}
	slices.Sort(o.domains)
	return o
}

func readGroup(m models.Groupable) group {
	return group{id: text(m.GetId()), displayName: text(m.GetDisplayName()), security: truth(m.GetSecurityEnabled())}
}

func idOf(s models.PermissionScopeable) string {
	if id := s.GetId(); id != nil {
		return id.String()
	}
	return ""
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func truth(b *bool) bool { return b != nil && *b }

// nonNil makes a list that is written even when it is empty: the SDK leaves nil out.
func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
