package cognitotest

// createBranding gives a client a branding style. Without one, managed login shows no page. The
// words of the refusals are our own; the service's are not known.
func (c *Cognito) createBranding(asked object) (object, *failure) {
	found, refused := c.clientOf(asked)
	if refused != nil {
		return nil, refused
	}
	provided := asked["UseCognitoProvidedValues"] == true
	own := asked["Settings"] != nil || asked["Assets"] != nil
	switch _, exists := c.pool.brandings[found.id]; {
	case exists && c.holds(BrandingIsOnce):
		return nil, fail("ManagedLoginBrandingExistsException", "A managed login branding style already exists for the client.")
	case provided == own:
		return nil, unworded("Either UseCognitoProvidedValues or settings and assets of your own are needed.")
	}
	made := now()
	style := object{
		"ManagedLoginBrandingId": newUUID(), "UserPoolId": c.config.PoolID, "UseCognitoProvidedValues": provided,
		"Assets": []any{}, "CreationDate": made, "LastModifiedDate": made,
	}
	for _, member := range []string{"Settings", "Assets"} {
		if value := asked[member]; value != nil {
			style[member] = value
		}
	}
	c.pool.brandings[found.id] = style
	return object{"ManagedLoginBranding": style}, nil
}

func (c *Cognito) describeBranding(asked object) (object, *failure) {
	found, refused := c.clientOf(asked)
	if refused != nil {
		return nil, refused
	}
	style, exists := c.pool.brandings[found.id]
	if !exists {
		return nil, notFound("No managed login branding style exists for the client.")
	}
	return object{"ManagedLoginBranding": style}, nil
}
