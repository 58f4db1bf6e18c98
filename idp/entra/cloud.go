package entra

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Cloud is one of Microsoft's clouds. Each has an authority, a scope and a host of its own, which
// belong together.
type Cloud string

// The clouds.
const (
	Public Cloud = "public"
	USGov  Cloud = "usgov" // US government, L4
	China  Cloud = "china" // operated by 21Vianet
)

// Clouds lists every cloud, in the order of help.
func Clouds() []Cloud { return []Cloud{Public, USGov, China} }

// endpoints are where a cloud is (Microsoft, national cloud deployments).
type endpoints struct {
	authority cloud.Configuration
	login     string // base URL of issuers
	graph     string // base URL of Microsoft Graph, without version
	portal    string // base URL of the Entra admin center
}

func (c Cloud) endpoints() (endpoints, bool) {
	switch c {
	case Public:
		return endpoints{cloud.AzurePublic, "https://login.microsoftonline.com", "https://graph.microsoft.com", "https://entra.microsoft.com"}, true
	case USGov:
		return endpoints{cloud.AzureGovernment, "https://login.microsoftonline.us", "https://graph.microsoft.us", "https://entra.microsoft.us"}, true
	case China:
		return endpoints{cloud.AzureChina, "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn", "https://entra.microsoftonline.cn"}, true
	}
	return endpoints{}, false
}
