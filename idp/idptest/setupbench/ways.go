package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// way is one way to set up the client.
type way struct {
	name string
	run  func(ctx context.Context, clientID string) error
}

const (
	withPassword = "mcpreg, password"
	withAccount  = "mcpreg, service account"
	withCurl     = "curl, the script's requests"
	withKcadm    = "kcadm.sh"
)

// quickWays are those that take less than a second.
func (w *world) quickWays() []way {
	return []way{
		{withPassword, w.mcpreg("KEYCLOAK_ADMIN_PASSWORD="+w.keycloak.AdminPassword, "KEYCLOAK_ADMIN="+w.keycloak.AdminUser)},
		{withAccount, w.mcpreg("KEYCLOAK_ADMIN_REALM="+w.realm, "KEYCLOAK_ADMIN_CLIENT_ID="+w.account, "KEYCLOAK_ADMIN_CLIENT_SECRET="+w.secret)},
		{withCurl, w.curl},
	}
}

func (w *world) mcpreg(credential ...string) func(context.Context, string) error {
	return func(ctx context.Context, clientID string) error {
		cmd := exec.CommandContext(ctx, w.binary, "keycloak", "setup")
		cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "KEYCLOAK_ADMIN_URL=" + w.proxy.URL, "KEYCLOAK_REALM=" + w.realm, "IDE_CLIENT_ID=" + clientID}, credential...)
		err := run(cmd)
		w.notePeak(cmd.ProcessState)
		return err
	}
}

// curl sends what the shell script sends, one process a request: seven requests on a bare realm,
// five when the client is there.
func (w *world) curl(ctx context.Context, clientID string) error {
	admin := w.proxy.URL + "/admin/realms/" + w.realm
	token, err := w.curlJSON(ctx, "access_token", "-d", "grant_type=password", "-d", "client_id=admin-cli", "--data-urlencode", "username="+w.keycloak.AdminUser,
		"--data-urlencode", "password="+w.keycloak.AdminPassword, w.proxy.URL+"/realms/master/protocol/openid-connect/token")
	if err != nil {
		return err
	}
	send := func(args ...string) (string, error) {
		return w.curlJSON(ctx, "id", append([]string{"-H", "Authorization: Bearer " + token, "-H", "Content-Type: application/json"}, args...)...)
	}
	lookUp := func() (string, error) { return send(admin + "/clients?clientId=" + clientID) }
	body := fmt.Sprintf(`{"clientId":%q,"publicClient":true,"standardFlowEnabled":true,"directAccessGrantsEnabled":false,"redirectUris":["http://localhost/*","http://127.0.0.1/*"],"attributes":{"pkce.code.challenge.method":"S256"}}`, clientID)
	const mapper = `{"name":"groups","protocol":"openid-connect","protocolMapper":"oidc-group-membership-mapper","config":{"full.path":"false","id.token.claim":"true","access.token.claim":"true","userinfo.token.claim":"true","claim.name":"groups"}}`

	id, err := lookUp()
	if err != nil {
		return err
	}
	steps := [][]string{{"-X", "PUT", "-d", body, admin + "/clients/" + id}, {admin + "/clients/" + id + "/protocol-mappers/models"}}
	if id == "" {
		if _, err := send("-X", "POST", "-d", body, admin+"/clients"); err != nil {
			return err
		}
		if id, err = lookUp(); err != nil {
			return err
		}
		models := admin + "/clients/" + id + "/protocol-mappers/models"
		steps = [][]string{{models}, {"-X", "POST", "-d", mapper, models}}
	}
	for _, step := range append(steps, []string{admin + "/clients/" + id}) {
		if _, err := send(step...); err != nil {
			return err
		}
	}
	return nil
}

// kcadm takes the same steps with the distribution's own program.
func (w *world) kcadm(ctx context.Context, clientID string) error {
	config := filepath.Join(w.dir, "kcadm.config")
	kcadm := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, filepath.Join(w.keycloak.Home, "bin", "kcadm.sh"), append(args, "--config", config)...)
		return output(cmd)
	}
	if _, err := kcadm("config", "credentials", "--server", w.proxy.URL, "--realm", "master", "--user", w.keycloak.AdminUser, "--password", w.keycloak.AdminPassword); err != nil {
		return err
	}
	lookUp := func() (string, error) {
		found, err := kcadm("get", "clients", "-r", w.realm, "-q", "clientId="+clientID, "--fields", "id", "--format", "csv", "--noquotes")
		return strings.TrimSpace(found), err
	}
	id, err := lookUp()
	if err != nil {
		return err
	}
	settings := []string{"-r", w.realm, "-s", "publicClient=true", "-s", "standardFlowEnabled=true", "-s", `redirectUris=["http://localhost/*","http://127.0.0.1/*"]`}
	if id != "" {
		if _, err := kcadm(append([]string{"update", "clients/" + id}, settings...)...); err != nil {
			return err
		}
		if _, err := kcadm("get", "clients/"+id+"/protocol-mappers/models", "-r", w.realm); err != nil {
			return err
		}
		_, err := kcadm("get", "clients/"+id, "-r", w.realm)
		return err
	}
	if _, err := kcadm(append([]string{"create", "clients", "-s", "clientId=" + clientID}, settings...)...); err != nil {
		return err
	}
	if id, err = lookUp(); err != nil {
		return err
	}
	if _, err := kcadm("create", "clients/"+id+"/protocol-mappers/models", "-r", w.realm, "-s", "name=groups", "-s", "protocol=openid-connect",
		"-s", "protocolMapper=oidc-group-membership-mapper", "-s", `config={"claim.name":"groups","full.path":"false","access.token.claim":"true"}`); err != nil {
		return err
	}
	_, err = kcadm("get", "clients/"+id, "-r", w.realm)
	return err
}
