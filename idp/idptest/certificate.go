package idptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// certificateLife is longer than any test or lab runs, before and after now.
const certificateLife = 24 * time.Hour

// Certificate is that of a stand-in's https port, for localhost and 127.0.0.1, and the authority
// that signed it, which nobody trusts unless told.
type Certificate struct {
	server    tls.Certificate
	authority *x509.Certificate
}

// NewCertificate makes an authority and the certificate of a server.
func NewCertificate() (*Certificate, error) {
	authority := template(1, "stand-in authority")
	authority.IsCA, authority.BasicConstraintsValid, authority.KeyUsage = true, true, x509.KeyUsageCertSign
	authorityKey, authorityDER, err := certify(authority, authority, nil)
	if err != nil {
		return nil, err
	}
	server := template(2, "localhost")
	server.KeyUsage, server.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.DNSNames, server.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	key, der, err := certify(server, authority, authorityKey)
	if err != nil {
		return nil, err
	}
	c := &Certificate{server: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
	if c.authority, err = x509.ParseCertificate(authorityDER); err != nil {
		return nil, fmt.Errorf("reading a certificate: %w", err)
	}
	return c, nil
}

func template(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-certificateLife), NotAfter: time.Now().Add(certificateLife),
	}
}

// certify makes a key and has its certificate signed by the issuer's key, or by itself.
func certify(subject, issuer *x509.Certificate, issuerKey *ecdsa.PrivateKey) (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	if issuerKey == nil {
		issuerKey = key
	}
	der, err := x509.CreateCertificate(rand.Reader, subject, issuer, &key.PublicKey, issuerKey)
	if err != nil {
		return nil, nil, fmt.Errorf("making a certificate: %w", err)
	}
	return key, der, nil
}

// Server is the configuration of the https port.
func (c *Certificate) Server() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{c.server}}
}

// Client is a configuration for clients of the port: it trusts the stand-in and nobody else.
func (c *Certificate) Client() *tls.Config {
	trusted := x509.NewCertPool()
	trusted.AddCert(c.authority)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted}
}

// PEM is the certificate of the authority, which a client of the port must trust.
func (c *Certificate) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.authority.Raw})
}
