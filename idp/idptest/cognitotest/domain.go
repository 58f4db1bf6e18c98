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

// newCustomDomain describes a domain of the customer's own.
func newCustomDomain(c Config, name string, version int, config any) object {
	made := newDomain(c, name, version)
	made["CustomDomainConfig"] = config
	return made
}

func isCustom(domain object) bool { return domain["CustomDomainConfig"] != nil }

// domainOf is the pool's domain of one sort; nil without one. A pool has one prefix domain and one
// custom domain at most.
func (p *pool) domainOf(custom bool) object {
	i := slices.IndexFunc(p.domains, func(one object) bool { return isCustom(one) == custom })
	if i < 0 {
		return nil
	}
	return p.domains[i]
}

// describeDomain answers with an empty description for a domain that does not exist.
func (c *Cognito) describeDomain(asked object) (object, *failure) {
	for _, one := range c.pool.domains {
		if one["Domain"] == asked["Domain"] {
			return object{"DomainDescription": one}, nil
		}
	}
	if !c.holds(NoDomainIsEmpty) {
		return nil, notFound("Domain " + text(asked["Domain"]) + " does not exist.")
	}
	return object{"DomainDescription": object{}}, nil
}

// TakenDomain is a prefix that a pool of somebody else has, in every stand-in.
const TakenDomain = "taken-elsewhere"

func (c *Cognito) createDomain(asked object) (object, *failure) {
	name, config := text(asked["Domain"]), asked["CustomDomainConfig"]
	reserved := slices.IndexFunc(reservedWords(), func(word string) bool { return strings.Contains(name, word) })
	version := 1
	if asked["ManagedLoginVersion"] != nil {
		version = int(asked["ManagedLoginVersion"].(float64))
	}
	switch {
	case config == nil && reserved >= 0 && c.holds(WordsAreReserved):
		return nil, invalid("Domain cannot contain reserved word: " + reservedWords()[reserved])
	case name == TakenDomain:
		return nil, invalid("Domain already associated with another user pool.")
	case c.pool.domainOf(config != nil) != nil && c.holds(OneDomainOnly):
		return nil, invalid("User pool already has a domain configured.")
	case version != 1 && version != 2:
		return nil, unworded("There is no managed login version " + text(version) + ".")
	case version == 2 && c.config.Tier == "LITE" && c.holds(PlanLimitsLogin):
		return nil, fail("FeatureUnavailableInTierException", "Managed login is not available in the Lite plan.")
	}
	made, answer := newDomain(c.config, name, version), object{"ManagedLoginVersion": version}
	if config != nil {
		made = newCustomDomain(c.config, name, version, config)
		answer["CloudFrontDomain"] = made["CloudFrontDistribution"]
	}
	c.pool.domains = append(c.pool.domains, made)
	return answer, nil
}

func reservedWords() []string { return []string{"aws", "amazon", "cognito"} }

// managedLogin reports whether the domain shows managed login, not the classic pages.
func (c *Cognito) managedLogin() bool {
	return len(c.pool.domains) > 0 && c.pool.domains[0]["ManagedLoginVersion"] == 2
}
