package cognito_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mcpreg/mcpreg/idp"
	"github.com/mcpreg/mcpreg/idp/cognito"
)

type policy struct {
	Version   string
	Statement []struct {
		Sid, Effect      string
		Action, Resource []string
	}
}

func policyOf(t *testing.T, c cognito.Config, s idp.Spec) policy {
	t.Helper()
	p, err := cognito.New(c)
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.Policy(s)
	if err != nil {
		t.Fatal(err)
	}
	var document policy
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// policyActions are the operations that the printed policy allows.
func policyActions(t *testing.T, w *world, s idp.Spec) []string {
	t.Helper()
	var list []string
	for _, statement := range policyOf(t, w.config, s).Statement {
		for _, action := range statement.Action {
			list = append(list, strings.TrimPrefix(action, "cognito-idp:"))
		}
	}
	return list
}

// The policy names the pool in its partition, and grows with what is asked for only.
func TestPolicy(t *testing.T) {
	t.Parallel()
	for pool, arn := range map[string]string{
		"us-east-1_Ab1":     "arn:aws:cognito-idp:us-east-1:*:userpool/us-east-1_Ab1",
		"cn-north-1_Ab1":    "arn:aws-cn:cognito-idp:cn-north-1:*:userpool/cn-north-1_Ab1",
		"us-gov-west-1_Ab1": "arn:aws-us-gov:cognito-idp:us-gov-west-1:*:userpool/us-gov-west-1_Ab1",
	} {
		document := policyOf(t, cognito.Config{UserPoolID: pool}, idp.Spec{})
		if document.Version != "2012-10-17" || len(document.Statement) != 3 {
			t.Fatalf("%+v", document)
		}
		for _, s := range document.Statement {
			want := []string{arn}
			if s.Sid == "PlanDomain" {
				want = []string{"*"}
			}
			if diff := cmp.Diff(want, s.Resource); diff != "" || s.Effect != "Allow" {
				t.Errorf("%s: %s", s.Sid, diff)
			}
			if slices.ContainsFunc(s.Action, func(a string) bool {
				return strings.Contains(a, "*") || strings.Contains(a, "Group") || strings.Contains(a, "CreateUserPoolDomain")
			}) {
				t.Errorf("%s allows what nobody asked for: %v", s.Sid, s.Action)
			}
		}
	}
}
