package entratest

// Rule names something that Entra does and that set-ups run into.
type Rule string

// The rules of Microsoft Graph.
const (
	CallersAreAuthenticated  Rule = "graph: a token of the tenant is required"
	CallersNeedPermissions   Rule = "graph: each request needs its permission"
	OwnedByMeansOwned        Rule = "graph: Application.ReadWrite.OwnedBy changes only what the caller owns"
	UnknownPropertiesRefused Rule = "graph: an unknown property is refused"
	TypesAreChecked          Rule = "graph: a value of another type is refused"
	ReadOnlyIsRefused        Rule = "graph: a read-only property is refused"
	ComplexIsReplaced        Rule = "graph: a complex property is replaced as a unit"
	EnabledScopesStay        Rule = "graph: an enabled scope is neither removed nor renamed"
	ScopesComeFirst          Rule = "graph: only a stored scope can be pre-authorised"
	DomainsAreVerified       Rule = "graph: the host of an identifier URI is in a verified domain"
	IdentifierURIsAreUnique  Rule = "graph: an identifier URI is taken once in the tenant"
	DeletedKeepNames         Rule = "graph: a deleted application keeps its identifier URIs and its uniqueName"
	IdentifierURIsAreLimited Rule = "graph: an application has 999 identifier URIs at most"
	RedirectsAreLimited      Rule = "graph: an application has 256 redirect URIs at most"
	RedirectsAreValidated    Rule = "graph: an illegal redirect URI is refused"
	PersonalByDefault        Rule = "graph: a new application is for personal accounts as well"
	PrincipalsNeedAnApp      Rule = "graph: a service principal needs a replicated application"
	PrincipalsAreUnique      Rule = "graph: an application has one service principal"
	UpsertNeedsPrefer        Rule = "graph: PATCH by a key creates only with Prefer: create-if-missing"
	GrantsAreUnique          Rule = "graph: one grant for a client, a resource and a principal"
	NewObjectsAreUnknown     Rule = "graph: a new object may be unknown for a while"
	ListsArePaged            Rule = "graph: a list is paged"
	DisplayNamesRepeat       Rule = "graph: two applications may have one display name"
)

// Rules lists all rules.
func Rules() []Rule {
	return []Rule{
		CallersAreAuthenticated, CallersNeedPermissions, OwnedByMeansOwned, UnknownPropertiesRefused, TypesAreChecked,
		ReadOnlyIsRefused, ComplexIsReplaced, EnabledScopesStay, ScopesComeFirst, DomainsAreVerified,
		IdentifierURIsAreUnique, DeletedKeepNames, IdentifierURIsAreLimited, RedirectsAreLimited, RedirectsAreValidated,
		PersonalByDefault, PrincipalsNeedAnApp, PrincipalsAreUnique, UpsertNeedsPrefer, GrantsAreUnique,
		NewObjectsAreUnknown, ListsArePaged, DisplayNamesRepeat,
	}
}
