// Package scopes is about the registry's scopes: documents that say which groups of the identity
// provider they are mapped from, and what the members may do.
//
// They have nothing to do with the OAuth scopes that an assistant asks the identity provider for.
// Those decide whether a login succeeds, these decide who gets in.
package scopes
