package cognitotest

import "time"

// lifetime is how long a token of the client lives: a number in the unit that is set for it, or
// in its default unit.
func (p *client) lifetime(validity, unit, defaultUnit string, fallback time.Duration) time.Duration {
	number, given := p.settings[validity].(float64)
	if !given || number == 0 {
		return fallback
	}
	units, _ := p.settings["TokenValidityUnits"].(object)
	if named, given := units[unit].(string); given {
		defaultUnit = named
	}
	return time.Duration(number) * map[string]time.Duration{
		"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour,
	}[defaultUnit]
}

func (p *client) accessLife() time.Duration {
	return p.lifetime("AccessTokenValidity", "AccessToken", "hours", time.Hour)
}

func (p *client) idLife() time.Duration {
	return p.lifetime("IdTokenValidity", "IdToken", "hours", time.Hour)
}

func (p *client) refreshLife() time.Duration {
	return p.lifetime("RefreshTokenValidity", "RefreshToken", "days", defaultRefreshDays*24*time.Hour)
}

// judgeLifetimes holds access and ID tokens to 5 minutes to 1 day, and refresh tokens to 1 hour to
// 10 years, whatever the unit (API reference, UserPoolClientType).
func (c *Cognito) judgeLifetimes(p *client) *failure {
	within := func(life, least, most time.Duration) bool { return life >= least && life <= most }
	const day = 24 * time.Hour
	fine := within(p.accessLife(), 5*time.Minute, day) && within(p.idLife(), 5*time.Minute, day) && within(p.refreshLife(), time.Hour, 3650*day)
	if !fine && c.holds(LifetimesAreBounded) {
		return invalid("Invalid range for token validity.")
	}
	return nil
}
