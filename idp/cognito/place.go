package cognito

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/mcpreg/mcpreg/idp"
)

// place is where a user pool is: its id, its region, and the address of the API that serves it.
type place struct {
	poolID, region string
	// official is the region's own endpoint, and endpoint the one that is used.
	official, endpoint string
}

var (
	// poolPattern is that of the API, UserPoolIdType.
	poolPattern = regexp.MustCompile(`^[\w-]+_[0-9a-zA-Z]+$`)
	// regionPattern tells a region from other words that emulators put before the underscore.
	regionPattern = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d+$`)
	// prefixPattern is that of the API, DomainType.
	prefixPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

const maxPoolID = 55 // UserPoolIdType

func newPlace(c Config) (place, error) {
	if c.UserPoolID == "" {
		return place{}, usage("no user pool is named", "set --user-pool-id or COGNITO_USER_POOL_ID, as in us-east-1_Ab12Cd34E")
	}
	if !poolPattern.MatchString(c.UserPoolID) || len(c.UserPoolID) > maxPoolID {
		return place{}, usage(fmt.Sprintf("%q is no id of a user pool", c.UserPoolID), "the id is region, underscore and a word, as in us-east-1_Ab12Cd34E; the console shows it, and it is not the pool's name")
	}
	prefix, _, _ := strings.Cut(c.UserPoolID, "_")
	region := c.Region
	switch {
	case !regionPattern.MatchString(prefix) && region == "":
		return place{}, usage(fmt.Sprintf("the id %s does not say in which region the user pool is", c.UserPoolID), "set --region or AWS_REGION")
	case !regionPattern.MatchString(prefix):
	case region == "":
		region = prefix
	case region != prefix:
		return place{}, usage(fmt.Sprintf("the region is %s, and user pool %s is in %s", region, c.UserPoolID, prefix), "leave --region and AWS_REGION out, or correct the pool's id")
	}
	official, err := officialEndpoint(region)
	if err != nil {
		return place{}, usage(fmt.Sprintf("%q is no region of AWS", region), "set --region or AWS_REGION")
	}
	where := place{poolID: c.UserPoolID, region: region, official: official, endpoint: official}
	if c.EndpointURL != "" {
		where.endpoint = strings.TrimRight(c.EndpointURL, "/")
		return where, checkEndpoint(c.EndpointURL, c.AllowHTTP)
	}
	return where, nil
}

// officialEndpoint asks the SDK, which knows the partitions.
func officialEndpoint(region string) (string, error) {
	resolved, err := sdk.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), sdk.EndpointParameters{Region: &region})
	if err != nil {
		return "", err
	}
	return strings.TrimRight(resolved.URI.String(), "/"), nil
}

func checkEndpoint(endpoint string, allowHTTP bool) error {
	base, err := url.Parse(endpoint)
	switch {
	case err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.RawQuery != "" || base.Fragment != "" || base.User != nil:
		return usage("the endpoint must be an absolute http or https URL", "set --endpoint-url, as in https://vpce-1a2b.cognito-idp.us-east-1.vpce.amazonaws.com")
	case base.Scheme == "http" && !allowHTTP && !slices.Contains(idp.LoopbackHosts(), base.Hostname()):
		return usage("the endpoint is plain http to "+base.Hostname()+": what is sent would travel in clear text", "use https, or --allow-http where the network is trusted")
	}
	return nil
}

// checkPrefix refuses a prefix that Cognito refuses, before anything is made.
func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	reserved := slices.ContainsFunc([]string{"aws", "amazon", "cognito"}, func(word string) bool { return strings.Contains(prefix, word) })
	if !prefixPattern.MatchString(prefix) || reserved {
		return usage(fmt.Sprintf("%q cannot be the prefix of a user pool's domain", prefix),
			"use up to 63 lower-case letters, digits and dashes, no dash at either end, and none of the words aws, amazon and cognito")
	}
	return nil
}

// issuer is what the pool's tokens carry in iss. An emulator is its own issuer; a VPC endpoint is
// only another way to the region's.
func (p place) issuer(pool *types.UserPoolType) string {
	base := p.official
	if u, err := url.Parse(p.endpoint); err == nil && slices.Contains(idp.LoopbackHosts(), u.Hostname()) {
		base = p.endpoint
	} else if updatedIssuer(pool) {
		base = strings.Replace(base, "https://", "https://issuer-", 1)
	}
	return base + "/" + p.poolID
}

// updatedIssuer reports whether the pool's tokens carry the newer form of issuer
// (IssuerConfigurationType of the API).
func updatedIssuer(pool *types.UserPoolType) bool {
	return pool != nil && pool.IssuerConfiguration != nil && pool.IssuerConfiguration.Type == types.IssuerTypeUpdated
}

// loginPages is the base URL of the login pages of a prefix domain.
func (p place) loginPages(prefix string) string {
	return "https://" + prefix + ".auth." + p.region + ".amazoncognito.com"
}

// arn names the pool in policies, in whichever account it is.
func (p place) arn() string {
	partition := "aws"
	switch {
	case strings.HasPrefix(p.region, "cn-"):
		partition = "aws-cn"
	case strings.HasPrefix(p.region, "us-gov-"):
		partition = "aws-us-gov"
	}
	return "arn:" + partition + ":cognito-idp:" + p.region + ":*:userpool/" + p.poolID
}
