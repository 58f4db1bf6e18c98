package cognitotest_test

import (
	"net/http"
	"strings"

	"github.com/mcpreg/mcpreg/idp/idptest/cognitotest"
)

// as asks for the pool's description with other credentials.
func (b *bench) as(with cognitotest.Credentials) string {
	other := *b
	other.caller = callerOf(b.t, b.standIn, with)
	return b.said(other.ask("DescribeUserPool", nil))
}

func calling() []row {
	return []row{
		{"call with an unknown access key", "UnrecognizedClientException: The security token included in the request is invalid.", "AWS, common errors", func(b *bench) string {
			return b.as(cognitotest.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})
		}},
		{"call with a wrong secret", "InvalidSignatureException: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.", "AWS, Signature Version 4 troubleshooting", func(b *bench) string {
			with := b.standIn.Administrator()
			with.SecretAccessKey = "wrong"
			return b.as(with)
		}},
		{"call with an expired session", "ExpiredTokenException: The security token included in the request is expired", "AWS, common errors", func(b *bench) string {
			return b.as(b.standIn.Expired())
		}},
		{"call with a session", "ok", "AWS, common errors", func(b *bench) string { return b.as(b.standIn.Temporary()) }},
		{"call with a session and no token", "UnrecognizedClientException: The security token included in the request is invalid.", "AWS, common errors", func(b *bench) string {
			with := b.standIn.Temporary()
			with.SessionToken = ""
			return b.as(with)
		}},
		{"call for another region", "InvalidSignatureException: Credential should be scoped to a valid region.", "AWS, Signature Version 4 troubleshooting", func(b *bench) string {
			other := *b
			other.region = "eu-west-1"
			return b.said(other.ask("DescribeUserPool", nil))
		}},
		{"call for another service", "InvalidSignatureException: Credential should be scoped to correct service: 'cognito-idp'.", "AWS, Signature Version 4 troubleshooting", func(b *bench) string {
			return b.said(b.callAs("cognito-identity", "DescribeUserPool", object{"UserPoolId": b.pool}))
		}},
		{"call without a signature", "MissingAuthenticationTokenException: Missing Authentication Token", "AWS, common errors", func(b *bench) string {
			request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+"/", strings.NewReader(`{}`))
			if err != nil {
				b.t.Fatal(err)
			}
			request.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.DescribeUserPool")
			return b.said(b.send(request))
		}},
		{"call without the right", "AccessDeniedException: User: arn:aws:iam::123456789012:user/restricted is not authorized to perform: cognito-idp:DescribeUserPool on resource: arn:aws:cognito-idp:us-east-1:123456789012:userpool/{pool} because no identity-based policy allows the cognito-idp:DescribeUserPool action", "AWS, IAM troubleshooting of access denied", func(b *bench) string {
			return b.as(b.standIn.Restricted("ListUserPoolClients"))
		}},
		{"call for a domain without the right", "AccessDeniedException: User: arn:aws:iam::123456789012:user/restricted is not authorized to perform: cognito-idp:DescribeUserPoolDomain on resource: * because no identity-based policy allows the cognito-idp:DescribeUserPoolDomain action", "AWS, Service Authorization Reference: the action has no resource type", func(b *bench) string {
			other := callerOf(b.t, b.standIn, b.standIn.Restricted())
			return b.said(other.call("DescribeUserPoolDomain", object{"Domain": "acme-login"}))
		}},
		{"call with the right", "ok", "AWS, IAM", func(b *bench) string { return b.as(b.standIn.Restricted("DescribeUserPool")) }},
		{"call what is none", "UnknownOperationException", "AWS, common errors", func(b *bench) string { return b.ask("DescribeClients", nil).code() }},
		{"call while throttled", "TooManyRequestsException: Rate exceeded, then ok", "boto/boto3#2517", func(b *bench) string {
			b.standIn.Throttle(1)
			return b.said(b.ask("DescribeUserPool", nil)) + ", then " + b.said(b.ask("DescribeUserPool", nil))
		}},
		{"update while another update runs", "ConcurrentModificationException: Only one request to update user pool client can be processed at a time., then ok", "hashicorp/terraform-provider-aws#19794", func(b *bench) string {
			id := b.create(nil).id()
			b.standIn.Collide(1)
			update := func() string { return b.said(b.ask("UpdateUserPoolClient", login(object{"ClientId": id}))) }
			return update() + ", then " + update()
		}},
	}
}

func domains() []row {
	without := func(c *cognitotest.Config) { c.NoDomain = true }
	return []row{
		{"describe a pool with a domain", "Domain=acme-login CustomDomain=-", "model", func(b *bench) string {
			return told(b.ask("DescribeUserPool", nil).of("UserPool"), "Domain", "CustomDomain")
		}},
		{"describe a pool without a domain", "Domain=- CustomDomain=-", "model", func(b *bench) string {
			return told(b.another(without).ask("DescribeUserPool", nil).of("UserPool"), "Domain", "CustomDomain")
		}},
		{"describe a domain", "ManagedLoginVersion=2 Status=ACTIVE", "model", func(b *bench) string {
			return told(b.call("DescribeUserPoolDomain", object{"Domain": "acme-login"}).of("DomainDescription"), "ManagedLoginVersion", "Status")
		}},
		{"describe a domain that is none", "ok Domain=-", "CLI users: an empty description, no error", func(b *bench) string {
			got := b.call("DescribeUserPoolDomain", object{"Domain": "nobody"})
			return got.code() + " " + told(got.of("DomainDescription"), "Domain")
		}},
		{"create a domain", "ok Domain=new-login ManagedLoginVersion=1", "model", func(b *bench) string {
			other := b.another(without)
			made := other.ask("CreateUserPoolDomain", object{"Domain": "new-login"})
			return made.code() + " " + told(other.ask("DescribeUserPool", nil).of("UserPool"), "Domain") + " " + told(other.call("DescribeUserPoolDomain", object{"Domain": "new-login"}).of("DomainDescription"), "ManagedLoginVersion")
		}},
		{"create a domain with a reserved word", "InvalidParameterException: Domain cannot contain reserved word: cognito", "quoted in many deployment logs", func(b *bench) string {
			return b.said(b.another(without).ask("CreateUserPoolDomain", object{"Domain": "my-cognito-login"}))
		}},
		{"create a domain that is taken", "InvalidParameterException: Domain already associated with another user pool.", "quoted in many deployment logs", func(b *bench) string {
			return b.said(b.another(without).ask("CreateUserPoolDomain", object{"Domain": cognitotest.TakenDomain}))
		}},
		{"describe a pool with a custom domain", "Domain=acme-login CustomDomain=login.example.com and ManagedLoginVersion=2", "model", func(b *bench) string {
			other := b.another(func(c *cognitotest.Config) { c.CustomDomain = "login.example.com" })
			return told(other.ask("DescribeUserPool", nil).of("UserPool"), "Domain", "CustomDomain") + " and " +
				told(other.call("DescribeUserPoolDomain", object{"Domain": "login.example.com"}).of("DomainDescription"), "ManagedLoginVersion")
		}},
		{"create a custom domain beside a prefix", "ok CloudFrontDomain=d111111abcdef8.cloudfront.net", "guide: a pool has one of each", func(b *bench) string {
			certificate := object{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"}
			made := b.another(func(*cognitotest.Config) {}).ask("CreateUserPoolDomain", object{"Domain": "login.example.com", "CustomDomainConfig": certificate})
			return made.code() + " " + told(made.body, "CloudFrontDomain")
		}},
		{"create a second domain", "InvalidParameterException: User pool already has a domain configured.", "aws/aws-cdk#10062", func(b *bench) string {
			return b.said(b.another(func(*cognitotest.Config) {}).ask("CreateUserPoolDomain", object{"Domain": "second-login"}))
		}},
		{"create managed login in the Lite plan", "FeatureUnavailableInTierException", "model", func(b *bench) string {
			return b.another(func(c *cognitotest.Config) { c.NoDomain, c.Tier = true, "LITE" }).ask("CreateUserPoolDomain", object{"Domain": "lite-login", "ManagedLoginVersion": 2}).code()
		}},
	}
}
