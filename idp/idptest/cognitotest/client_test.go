package cognitotest_test

import (
	"strings"
)

func creating() []row {
	return []row{
		{"create a public client", "AllowedOAuthFlows=[\"code\"] ClientSecret=- RefreshTokenValidity=30 AccessTokenValidity=- TokenValidityUnits={} EnableTokenRevocation=true PreventUserExistenceErrors=- AuthSessionValidity=3",
			"model; CLI reference, describe-user-pool-client", func(b *bench) string {
				return b.told(b.create(nil), "AllowedOAuthFlows", "ClientSecret", "RefreshTokenValidity", "AccessTokenValidity", "TokenValidityUnits", "EnableTokenRevocation", "PreventUserExistenceErrors", "AuthSessionValidity")
			}},
		{"create with a bare name", "AllowedOAuthFlowsUserPoolClient=false AllowedOAuthFlows=- CallbackURLs=- SupportedIdentityProviders=- ExplicitAuthFlows=-",
			"model", func(b *bench) string {
				return b.told(b.ask("CreateUserPoolClient", object{"ClientName": "row"}), "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthFlows", "CallbackURLs", "SupportedIdentityProviders", "ExplicitAuthFlows")
			}},
		{"create with GenerateSecret", "secret true", "model", func(b *bench) string {
			secret, _ := b.create(object{"GenerateSecret": true}).of("UserPoolClient")["ClientSecret"].(string)
			return "secret " + plain(len(secret) >= 24)
		}},
		{"create two of one name", "2 clients", "guide", func(b *bench) string {
			b.create(nil)
			b.create(nil)
			list, _ := b.ask("ListUserPoolClients", object{"MaxResults": 60}).body["UserPoolClients"].([]any)
			return plain(len(list)) + " clients"
		}},
		{"create with a lifetime of 0 days", "RefreshTokenValidity=30", "model", func(b *bench) string {
			return b.told(b.create(object{"RefreshTokenValidity": 0}), "RefreshTokenValidity")
		}},
		{"create with a member that is none", "ok", "AWS JSON 1.1: unknown members are ignored", func(b *bench) string {
			return b.said(b.create(object{"Colour": "red"}))
		}},
		{"create without a name", "InvalidParameterException: 1 validation error detected: Value null at 'clientName' failed to satisfy constraint: Member must not be null", "aws/aws-cli#2894 for the form", func(b *bench) string {
			return b.said(b.create(object{"ClientName": nil}))
		}},
		{"create with a text for a number", "SerializationException", "AWS JSON 1.1", func(b *bench) string {
			return b.create(object{"AuthSessionValidity": "three"}).code()
		}},
		{"create with 100 callbacks", "ok", "model", func(b *bench) string {
			return b.said(b.create(object{"CallbackURLs": numbered(100)}))
		}},
		{"create with 101 callbacks", "InvalidParameterException: 1 validation error detected: Value '[http://localhost:1024/callback, … at 'callbackURLs' failed to satisfy constraint: Member must have length less than or equal to 100", "aws/aws-cli#2894 for the form", func(b *bench) string {
			said := b.said(b.create(object{"CallbackURLs": numbered(101)}))
			start, _, _ := strings.Cut(said, ", ")
			_, end, _ := strings.Cut(said, "' at ")
			return start + ", … at " + end
		}},
		{"describe a client that is none", "ResourceNotFoundException: User pool client 1example23456789 does not exist.", "aws/aws-sdk-php#2183", func(b *bench) string {
			return b.said(b.ask("DescribeUserPoolClient", object{"ClientId": "1example23456789"}))
		}},
		{"delete a client", "ok, then ResourceNotFoundException", "model", func(b *bench) string {
			id := object{"ClientId": b.create(nil).id()}
			return b.said(b.ask("DeleteUserPoolClient", id)) + ", then " + b.ask("DescribeUserPoolClient", id).code()
		}},
		{"describe a pool that is none", "ResourceNotFoundException: User pool us-east-1_Nothing does not exist.", "hashicorp/terraform-provider-aws and many", func(b *bench) string {
			return b.said(b.ask("DescribeUserPool", object{"UserPoolId": "us-east-1_Nothing"}))
		}},
	}
}

// everything are settings none of which is a default.
func everything() object {
	return login(object{
		"LogoutURLs": []string{"https://app.example.com/bye"}, "DefaultRedirectURI": "http://localhost:8787/callback",
		"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}, "ReadAttributes": []string{"email"}, "WriteAttributes": []string{"email"},
		"AccessTokenValidity": 15, "IdTokenValidity": 20, "RefreshTokenValidity": 10, "AuthSessionValidity": 10,
		"TokenValidityUnits":         object{"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
		"PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": false,
		"RefreshTokenRotation": object{"Feature": "DISABLED"},
	})
}

func updating() []row {
	kept := []string{
		"ClientName", "LogoutURLs", "DefaultRedirectURI", "ExplicitAuthFlows", "ReadAttributes", "WriteAttributes", "AccessTokenValidity", "IdTokenValidity",
		"RefreshTokenValidity", "AuthSessionValidity", "TokenValidityUnits", "PreventUserExistenceErrors", "EnableTokenRevocation", "SupportedIdentityProviders",
		"AllowedOAuthFlows", "CallbackURLs",
	}
	return []row{
		{"update with nothing but a callback", strings.Join([]string{
			"ClientName=row LogoutURLs=- DefaultRedirectURI=- ExplicitAuthFlows=- ReadAttributes=- WriteAttributes=- AccessTokenValidity=- IdTokenValidity=-",
			"RefreshTokenValidity=30 AuthSessionValidity=3 TokenValidityUnits={} PreventUserExistenceErrors=- EnableTokenRevocation=true SupportedIdentityProviders=-",
			`AllowedOAuthFlows=- CallbackURLs=["http://localhost:9999/callback"]`,
		}, " "), "model: what is not provided is set to its default", func(b *bench) string {
			id := b.ask("CreateUserPoolClient", everything()).id()
			b.ask("UpdateUserPoolClient", object{"ClientId": id, "CallbackURLs": []string{"http://localhost:9999/callback"}})
			return b.told(b.ask("DescribeUserPoolClient", object{"ClientId": id}), kept...)
		}},
		{"update with all that was described", "the same", "model", func(b *bench) string {
			id := object{"ClientId": b.ask("CreateUserPoolClient", everything()).id()}
			before := b.ask("DescribeUserPoolClient", id).of("UserPoolClient")
			sent := object{}
			for name, value := range before {
				if name != "CreationDate" && name != "LastModifiedDate" {
					sent[name] = value
				}
			}
			b.ask("UpdateUserPoolClient", sent)
			after := b.ask("DescribeUserPoolClient", id).of("UserPoolClient")
			if was, is := told(before, kept...), told(after, kept...); was != is {
				return is + " instead of " + was
			}
			return "the same"
		}},
		{"update a client with a secret", "the same secret", "model: no member of the request changes it", func(b *bench) string {
			made := b.create(object{"GenerateSecret": true})
			changed := b.ask("UpdateUserPoolClient", login(object{"ClientId": made.id(), "GenerateSecret": false}))
			if made.of("UserPoolClient")["ClientSecret"] == changed.of("UserPoolClient")["ClientSecret"] {
				return "the same secret"
			}
			return b.told(changed, "ClientSecret")
		}},
		{"update a client that is none", "ResourceNotFoundException: User pool client 1example23456789 does not exist.", "aws/aws-sdk-php#2183", func(b *bench) string {
			return b.said(b.ask("UpdateUserPoolClient", login(object{"ClientId": "1example23456789"})))
		}},
		{"update to a scope that is none", `ScopeDoesNotExistException: Invalid scope requested: offline_access, then AllowedOAuthScopes=["openid","email","profile"]`, "awsdocs/aws-cloudformation-user-guide#564", func(b *bench) string {
			id := b.create(nil).id()
			refused := b.ask("UpdateUserPoolClient", login(object{"ClientId": id, "AllowedOAuthScopes": []string{"openid", "offline_access"}}))
			return b.said(refused) + ", then " + b.told(b.ask("DescribeUserPoolClient", object{"ClientId": id}), "AllowedOAuthScopes")
		}},
	}
}
