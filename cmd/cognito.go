package cmd

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mcpreg/mcpreg/connect"
	"github.com/mcpreg/mcpreg/connect/setup"
	"github.com/mcpreg/mcpreg/idp"
)

const cognitoRights = `Rights on the user pool, of the AWS credential (cognito-idp:...):
  plan    DescribeUserPool ListUserPoolClients DescribeUserPoolClient DescribeUserPoolDomain
          ListIdentityProviders DescribeManagedLoginBrandingByClient, GetGroup with --group,
          AdminListGroupsForUser with --add-user
  setup   those, CreateUserPoolClient UpdateUserPoolClient CreateManagedLoginBranding, and
          CreateUserPoolDomain CreateGroup AdminAddUserToGroup for the flags that need them
  remove  DescribeUserPool DescribeUserPoolClient DeleteUserPoolClient
plan --policy prints them as an IAM policy. An app client has no room for a mark, so remove needs
--client-id. Credentials come from the AWS default chain: environment, profile, SSO, assumed
role, web identity, container or instance.`

const cognitoVariables = `Environment (a flag wins over its variable):
  COGNITO_USER_POOL_ID          id of the user pool, as in us-east-1_Ab12Cd34E
  AWS_REGION                    region (default: that of the pool's id)
  COGNITO_DOMAIN                prefix of the pool's domain that the gateway uses, for comparison
  AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and the rest of AWS
                                the credential; AWS_CA_BUNDLE for how it is got
  IDE_CALLBACK_PORT             callback port (alias IDE_OAUTH_CALLBACK_PORT)
  IDE_CLIENT_NAME               name of the app client (default mcp-gateway-ide)
  IDE_REDIRECT_URIS             more callback URLs, separated by spaces
  COGNITO_ENDPOINT_URL          base URL of the API where it is not the region's own: a VPC
                                endpoint, or an emulator on loopback
AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER are not followed, so that nothing
is set up elsewhere unawares.`

// cognitoFlags are the flags that only this kind has.
type cognitoFlags struct {
	createDomain        string
	providers, addUsers []string
	createGroups        bool
}

func (f *cognitoFlags) register(flags *pflag.FlagSet) {
	flags.String("user-pool-id", "", "id of the user pool")
	flags.String("region", "", "AWS region (default: that of the pool's id)")
	flags.String("profile", "", "profile of the AWS configuration")
	flags.String("domain", "", "prefix of the pool's domain that the gateway uses, for comparison")
	flags.String("endpoint-url", "", "base URL of the Cognito API: a VPC endpoint, or an emulator on loopback")
	flags.StringVar(&f.createDomain, "create-domain", "", "make a domain with this prefix if the pool has none")
	flags.StringSliceVar(&f.providers, "identity-provider", nil, "identity providers that the login page offers (default: COGNITO and every one of the pool)")
	flags.BoolVar(&f.createGroups, "create-groups", false, "make the groups of --group that the pool lacks")
	flags.StringSliceVar(&f.addUsers, "add-user", nil, "put this user into the groups of --group; may be repeated")
}

func newCognitoCmd(a *app) *cobra.Command {
	var flags cognitoFlags
	return newIDPCmd(a, idpKind{
		kind:  idp.Cognito,
		flags: flags.register,
		declare: func(c *cobra.Command, client clientFlags) (setup.File, error) {
			return a.declareCognito(c, flags, client)
		},
		open:      a.openCognito,
		policy:    true,
		rights:    cognitoRights,
		variables: cognitoVariables,
		examples: map[string]string{
			"setup":  "  mcpreg cognito setup --user-pool-id us-east-1_Ab12Cd34E --registry https://gw.example.com\n  mcpreg cognito setup --group registry-admins --create-groups --add-user bob --yes >> registry.env",
			"plan":   "  mcpreg cognito plan --user-pool-id us-east-1_Ab12Cd34E --detailed-exitcode\n  mcpreg cognito plan --offline -o markdown > request.md\n  mcpreg cognito plan --policy > policy.json",
			"show":   "  mcpreg cognito show --user-pool-id us-east-1_Ab12Cd34E\n  mcpreg cognito show --profile staging -o json",
			"remove": "  mcpreg cognito remove --client-id 3n4b5urk1ft4fl3mg5e62d9ado --dry-run\n  mcpreg cognito remove --client-id 3n4b5urk1ft4fl3mg5e62d9ado --name mcp-gateway-ide-cursor --yes",
		},
	})
}

// declareCognito builds the declaration from flags and environment.
func (a *app) declareCognito(c *cobra.Command, flags cognitoFlags, client clientFlags) (setup.File, error) {
	values, err := newScalars(c.Flags(), a.LookupEnv,
		scalar{"user-pool-id", "COGNITO_USER_POOL_ID"},
		scalar{"region", "AWS_REGION"},
		scalar{"domain", "COGNITO_DOMAIN"},
		scalar{"endpoint-url", "COGNITO_ENDPOINT_URL"},
		scalar{"name", "IDE_CLIENT_NAME"},
	)
	if err != nil {
		return setup.File{}, err
	}
	if len(flags.addUsers) > 0 && len(client.groups) == 0 {
		return setup.File{}, usageError("--add-user says who, and no --group says where", "name the groups, as in --group registry-admins --add-user bob")
	}
	profile, err := c.Flags().GetString("profile")
	if err != nil {
		return setup.File{}, err
	}
	file := setup.File{IDP: setup.IDP{Cognito: &setup.Cognito{
		UserPoolID:        values.text("user-pool-id"),
		Region:            values.text("region"),
		Profile:           profile,
		Endpoint:          values.text("endpoint-url"),
		Domain:            values.text("domain"),
		CreateDomain:      flags.createDomain,
		IdentityProviders: flags.providers,
		CreateGroups:      flags.createGroups,
		AddUsers:          flags.addUsers,
	}}}
	client.declare(&file, values.text("name"), a.LookupEnv)
	return file, nil
}

func (a *app) openCognito(s session) (idp.Provider, error) {
	for _, name := range []string{"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"} {
		if value, ok := a.LookupEnv(name); ok && value != "" && s.file.IDP.Cognito.Endpoint == "" {
			s.build.Warnings = append(s.build.Warnings, connect.Warning{Text: name + " is set and not followed", Fix: "give the address with --endpoint-url or COGNITO_ENDPOINT_URL if it is meant"})
			break
		}
	}
	return a.Cognito(a.cognitoTarget(s))
}

// cognitoTarget hands over the key pair of the environment; all else of the chain is the SDK's to
// find. A profile that is named wins over both.
func (a *app) cognitoTarget(s session) CognitoTarget {
	c := s.file.IDP.Cognito
	target := CognitoTarget{
		UserPoolID:        c.UserPoolID,
		Region:            c.Region,
		Profile:           c.Profile,
		Endpoint:          c.Endpoint,
		Domain:            c.Domain,
		CreateDomain:      c.CreateDomain,
		IdentityProviders: slices.Clone(c.IdentityProviders),
		CreateGroups:      c.CreateGroups,
		AllowHTTP:         a.global.allowHTTP,
		HTTP:              s.http.client,
	}
	if id, ok := a.LookupEnv("AWS_ACCESS_KEY_ID"); ok && c.Profile == "" {
		target.AccessKeyID = id
		target.SecretAccessKey = a.credential(a.secretRef("", "AWS_SECRET_ACCESS_KEY"))
		target.SessionToken = a.credential(a.secretRef("", "AWS_SESSION_TOKEN"))
	}
	return target
}
