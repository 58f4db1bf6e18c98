package cognitotest_test

import "strings"

func grouping() []row {
	return []row{
		{"create a group", `GroupName=operators UserPoolId={pool} Precedence=-`, "model", func(b *bench) string {
			made := b.ask("CreateGroup", object{"GroupName": "operators"})
			return strings.ReplaceAll(told(made.of("Group"), "GroupName", "UserPoolId", "Precedence"), b.pool, "{pool}")
		}},
		{"create a group twice", "ok, then GroupExistsException: A group with the name already exists.", "quoted in many deployment logs", func(b *bench) string {
			return b.said(b.ask("CreateGroup", object{"GroupName": "twice"})) + ", then " + b.said(b.ask("CreateGroup", object{"GroupName": "twice"}))
		}},
		{"get a group that is none", "ResourceNotFoundException: Group not found.", "quoted in many deployment logs", func(b *bench) string {
			return b.said(b.ask("GetGroup", object{"GroupName": "nobody"}))
		}},
		{"get a group", "GroupName=readers", "model", func(b *bench) string {
			b.ask("CreateGroup", object{"GroupName": "readers"})
			return told(b.ask("GetGroup", object{"GroupName": "readers"}).of("Group"), "GroupName")
		}},
		{"add a user to a group", "ok, and again ok, in 1 group", "model", func(b *bench) string {
			b.ask("CreateGroup", object{"GroupName": "writers"})
			member := object{"GroupName": "writers", "Username": "amy"}
			first, second := b.said(b.ask("AdminAddUserToGroup", member)), b.said(b.ask("AdminAddUserToGroup", member))
			list, _ := b.ask("AdminListGroupsForUser", object{"Username": "amy"}).body["Groups"].([]any)
			return first + ", and again " + second + ", in " + plain(len(list)) + " group"
		}},
		{"add a user that is none", "UserNotFoundException: User does not exist.", "quoted in many deployment logs", func(b *bench) string {
			b.ask("CreateGroup", object{"GroupName": "empty"})
			return b.said(b.ask("AdminAddUserToGroup", object{"GroupName": "empty", "Username": "nobody"}))
		}},
		{"add a user to a group that is none", "ResourceNotFoundException: Group not found.", "quoted in many deployment logs", func(b *bench) string {
			return b.said(b.ask("AdminAddUserToGroup", object{"GroupName": "nobody", "Username": "amy"}))
		}},
		{"get a user", "Username=amy Enabled=true UserStatus=CONFIRMED", "model", func(b *bench) string {
			got := b.ask("AdminGetUser", object{"Username": "amy"})
			if got.code() != "ok" {
				return b.said(got)
			}
			return told(got.body, "Username", "Enabled", "UserStatus")
		}},
		{"find a user by address", "1 user", "guide", func(b *bench) string {
			list, _ := b.ask("ListUsers", object{"Filter": `email = "amy@example.com"`}).body["Users"].([]any)
			return plain(len(list)) + " user"
		}},
	}
}

func branding() []row {
	return []row{
		{"describe a branding that is none", "ResourceNotFoundException", "model", func(b *bench) string {
			return b.ask("DescribeManagedLoginBrandingByClient", object{"ClientId": b.create(nil).id()}).code()
		}},
		{"create a branding", `UseCognitoProvidedValues=true Settings=- Assets=[]`, "floci-io/floci#2869, measured", func(b *bench) string {
			id := b.create(nil).id()
			if made := b.ask("CreateManagedLoginBranding", object{"ClientId": id, "UseCognitoProvidedValues": true}); made.code() != "ok" {
				return made.code()
			}
			got := b.ask("DescribeManagedLoginBrandingByClient", object{"ClientId": id})
			return told(got.of("ManagedLoginBranding"), "UseCognitoProvidedValues", "Settings", "Assets")
		}},
		{"create a branding twice", "ManagedLoginBrandingExistsException", "model", func(b *bench) string {
			style := object{"ClientId": b.create(nil).id(), "UseCognitoProvidedValues": true}
			b.ask("CreateManagedLoginBranding", style)
			return b.ask("CreateManagedLoginBranding", style).code()
		}},
		{"create a branding of nothing", "InvalidParameterException", "model", func(b *bench) string {
			return b.ask("CreateManagedLoginBranding", object{"ClientId": b.create(nil).id()}).code()
		}},
	}
}
