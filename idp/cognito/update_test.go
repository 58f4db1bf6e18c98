package cognito

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// readOnly are the members of a client that no request can write (Amazon Cognito API,
// UserPoolClientType and UpdateUserPoolClient).
func readOnly() []string { return []string{"ClientSecret", "CreationDate", "LastModifiedDate"} }

// Everything that Describe returned and Update takes is in the update. A member that a later SDK
// adds to either type fails this test until somebody decides about it.
func TestAnUpdateLeavesNothingOut(t *testing.T) {
	t.Parallel()
	client := filled(reflect.TypeFor[types.UserPoolClientType]()).Interface().(types.UserPoolClientType)
	request := reflect.ValueOf(*update(&client))
	source := reflect.ValueOf(client)
	written := 0
	for i := range request.NumField() {
		name := request.Type().Field(i).Name
		if !request.Type().Field(i).IsExported() {
			continue
		}
		from := source.FieldByName(name)
		if !from.IsValid() {
			t.Errorf("UpdateUserPoolClient takes %s, which DescribeUserPoolClient does not return: what becomes of it?", name)
			continue
		}
		if from.Kind() == reflect.Pointer && request.Field(i).Kind() != reflect.Pointer {
			from = from.Elem()
		}
		if request.Field(i).IsZero() || !reflect.DeepEqual(request.Field(i).Interface(), from.Interface()) {
			t.Errorf("%s is not carried over: %v, want %v", name, request.Field(i), from)
		}
		written++
	}
	for i := range source.NumField() {
		name := source.Type().Field(i).Name
		if source.Type().Field(i).IsExported() && !request.FieldByName(name).IsValid() && !slices.Contains(readOnly(), name) {
			t.Errorf("DescribeUserPoolClient returns %s, which no update takes and nobody calls read-only", name)
		}
	}
	if written < 23 {
		t.Errorf("%d members were looked at; version 1.61.0 of the SDK has 23", written)
	}
}

// filled returns a value of that type in which every exported member has a value of its own.
func filled(of reflect.Type) reflect.Value {
	v := reflect.New(of).Elem()
	switch of.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
		v.Elem().Set(filled(of.Elem()))
	case reflect.Struct:
		for i := range of.NumField() {
			if of.Field(i).IsExported() {
				v.Field(i).Set(filled(of.Field(i).Type))
			}
		}
	case reflect.Slice:
		v.Set(reflect.Append(v, filled(of.Elem())))
	case reflect.String:
		v.SetString("value")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32:
		v.SetInt(7)
	}
	return v
}

// The creation has our settings, and none that makes a secret.
func TestCreationHasNoSecret(t *testing.T) {
	t.Parallel()
	w := wantedClient{}
	w.Name = "mcp-gateway-ide"
	got := w.creation(place{poolID: "us-east-1_x"}, []string{"Corporate"})
	want := &sdk.CreateUserPoolClientInput{
		UserPoolId: aws.String("us-east-1_x"), ClientName: aws.String("mcp-gateway-ide"),
		AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: []types.OAuthFlowType{"code"}, AllowedOAuthScopes: []string{"email", "openid", "profile"},
		SupportedIdentityProviders: []string{"COGNITO", "Corporate"}, ExplicitAuthFlows: []types.ExplicitAuthFlowsType{"ALLOW_REFRESH_TOKEN_AUTH"},
		PreventUserExistenceErrors: "ENABLED", EnableTokenRevocation: aws.Bool(true),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("creation %+v, want %+v", got, want)
	}
}
