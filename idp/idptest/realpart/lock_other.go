//go:build !unix

package realpart

// lock does nothing where files cannot be locked alike: run one package at a time there.
func lock(string) (func(), error) { return func() {}, nil }
