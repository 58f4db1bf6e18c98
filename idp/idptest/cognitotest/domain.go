package cognitotest

import (
	"slices"
	"strings"
)

// newDomain describes a domain of the pool.
func newDomain(c Config, name string, version int) object {
	return object{
		"UserPoolId": c.PoolID, "AWSAccountId": accountID, "Domain": name, "Status": "ACTIVE", "Version": "20261125000000",
		"S3Bucket": "aws-cognito-prod-" + c.Region + "-assets", "CloudFrontDistribution": "d111111abcdef8.cloudfront.net", "ManagedLoginVersion": version,
	}
}

// describeDomain answers with an empty description for a domain that does not exist.
func (c *Cognito) describeDomain(asked object) (object, *failure) {
	if c.pool.domain != nil && c.pool.domain["Domain"] == asked["Domain"] {
		return object{"DomainDescription": c.pool.domain}, nil
	}
	if !c.holds(NoDomainIsEmpty) {
		return nil, notFound("Domain " + text(asked["Domain"]) + " does not exist.")
	}
	return object{"DomainDescription": object{}}, nil
}

// TakenDomain is a prefix that a pool of somebody else has, in every stand-in.
const TakenDomain = "taken-elsewhere"

func (c *Cognito) createDomain(asked object) (object, *failure) {
	name := text(asked["Domain"])
	reserved := slices.IndexFunc(reservedWords(), func(word string) bool { return strings.Contains(name, word) })
	version := 1
	if asked["ManagedLoginVersion"] != nil {
		version = int(asked["ManagedLoginVersion"].(float64))
	}
	switch {
	case asked["CustomDomainConfig"] == nil && reserved >= 0 && c.holds(WordsAreReserved):
		return nil, invalid("Domain cannot contain reserved word: " + reservedWords()[reserved])
	case name == TakenDomain:
		return nil, invalid("Domain already associated with another user pool.")
	case c.pool.domain != nil && c.holds(OneDomainOnly):
		return nil, invalid("User pool already has a domain configured.")
	case version != 1 && version != 2:
		return nil, invalid("Invalid managed login version.")
	case version == 2 && c.config.Tier == "LITE" && c.holds(PlanLimitsLogin):
		return nil, fail("FeatureUnavailableInTierException", "Managed login is not available in the Lite plan.")
	}
	c.pool.domain = newDomain(c.config, name, version)
	answer := object{"ManagedLoginVersion": version}
	if config := asked["CustomDomainConfig"]; config != nil {
		c.pool.domain["CustomDomainConfig"] = config
		answer["CloudFrontDomain"] = c.pool.domain["CloudFrontDistribution"]
	}
	return answer, nil
}

func reservedWords() []string { return []string{"aws", "amazon", "cognito"} }

// managedLogin reports whether the domain shows managed login, not the classic pages.
func (c *Cognito) managedLogin() bool {
	return c.pool.domain != nil && c.pool.domain["ManagedLoginVersion"] == 2
}
