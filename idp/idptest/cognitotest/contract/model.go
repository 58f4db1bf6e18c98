// Package contract holds exchanges with the admin API of Amazon Cognito user pools against the
// service model that the vendor's own SDK for Python is made of. It is for tests only.
package contract

import (
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/mcpreg/mcpreg/idp/idptest/realpart"
)

// The model is a file of the PyPI package botocore.
const (
	botocoreVersion = "1.44.5"
	modelFile       = "botocore/data/cognito-idp/2016-04-18/service-2.json.gz"
)

// Model is the service model of cognito-idp.
type Model struct {
	Metadata struct {
		TargetPrefix string `json:"targetPrefix"`
		JSONVersion  string `json:"jsonVersion"`
	} `json:"metadata"`
	Operations map[string]*operation `json:"operations"`
	Shapes     map[string]*shape     `json:"shapes"`
}

type operation struct {
	Input  *reference  `json:"input"`
	Output *reference  `json:"output"`
	Errors []reference `json:"errors"`
}

type reference struct {
	Shape string `json:"shape"`
}

type shape struct {
	Type     string               `json:"type"`
	Required []string             `json:"required"`
	Members  map[string]reference `json:"members"`
	Member   reference            `json:"member"` // of a list
	Value    reference            `json:"value"`  // of a map
	Enum     []string             `json:"enum"`
	Min      *float64             `json:"min"`
	Max      *float64             `json:"max"`
	Pattern  string               `json:"pattern"`
	Document bool                 `json:"document"` // any JSON
}

// Load reads the model. The test is skipped when the package is not in the user cache and may not
// be fetched.
func Load(t testing.TB) *Model {
	t.Helper()
	text, err := readModel(realpart.Wheel(t, "botocore", botocoreVersion))
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{}
	if err := json.Unmarshal(text, m); err != nil {
		t.Fatalf("%s: %v", modelFile, err)
	}
	// The model's pattern has no dots, which the custom domains of live pools have.
	m.Shapes["DomainType"].Pattern = ""
	return m
}

// readModel reads the model's file of a wheel, which is a zip file.
func readModel(wheel string) ([]byte, error) {
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	packed, err := archive.Open(modelFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", wheel, err)
	}
	defer func() { _ = packed.Close() }()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", modelFile, err)
	}
	return io.ReadAll(plain)
}

// CheckRequest tells what is wrong with the body of a request for an operation; nothing when it
// keeps to the model.
func (m *Model) CheckRequest(name string, body []byte) []string {
	op, known := m.Operations[name]
	if !known {
		return []string{"no operation " + name}
	}
	return m.checkBody(op.Input, body)
}

// CheckAnswer tells what is wrong with an answer: of a success the output, of an error its type,
// which must be one of the operation's or of all AWS services.
func (m *Model) CheckAnswer(name string, status int, body []byte) []string {
	op, known := m.Operations[name]
	if !known {
		return []string{"no operation " + name}
	}
	if status/100 == 2 {
		return m.checkBody(op.Output, body)
	}
	var answer struct {
		Type string `json:"__type"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Type == "" {
		return []string{fmt.Sprintf("%d without __type", status)}
	}
	if !slices.Contains(op.Errors, reference{answer.Type}) && !slices.Contains(commonErrors(), answer.Type) {
		return []string{answer.Type + " is no error of " + name}
	}
	return nil
}

// commonErrors are those that any operation of an AWS service may answer with (API reference,
// "Common Errors", and Signature Version 4).
func commonErrors() []string {
	return []string{
		"AccessDeniedException", "ExpiredTokenException", "IncompleteSignatureException", "InternalFailure", "InvalidSignatureException",
		"MissingAuthenticationTokenException", "RequestExpired", "SerializationException", "ServiceUnavailable", "ThrottlingException",
		"UnrecognizedClientException", "UnknownOperationException", "ValidationException",
	}
}

func (m *Model) checkBody(of *reference, body []byte) []string {
	if of == nil {
		if len(body) > 0 && string(body) != "{}" && string(body) != "{}\n" {
			return []string{"a body where none is"}
		}
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return []string{"no JSON: " + err.Error()}
	}
	return m.check(of.Shape, of.Shape, value)
}
