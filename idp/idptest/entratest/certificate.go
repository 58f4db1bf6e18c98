package entratest

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

// certificate is that of the https port; it signed itself.
type certificate struct {
	parsed *x509.Certificate
	key    *ecdsa.PrivateKey
}

// life is how long the certificate is valid, before and after now.
const life = 24 * time.Hour

func newCertificate() (*certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key of the https port: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "entratest"},
		NotBefore: time.Now().Add(-life), NotAfter: time.Now().Add(life),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("signing the certificate of the https port: %w", err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of the https port: %w", err)
	}
	return &certificate{parsed, key}, nil
}

func (c *certificate) server() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{c.parsed.Raw}, PrivateKey: c.key, Leaf: c.parsed}},
	}
}

// CAPEM is the certificate that a client of the https port must trust, PEM.
func (e *Entra) CAPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.certificate.parsed.Raw})
}

// TLS is a configuration for clients of the https port: it trusts the stand-in and nobody else.
func (e *Entra) TLS() *tls.Config {
	trusted := x509.NewCertPool()
	trusted.AddCert(e.certificate.parsed)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted}
}
