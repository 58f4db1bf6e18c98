package registrytest

import (
	"net/http"
	"time"
)

// serveStats answers what anybody with a token may know of the registry.
func (r *Registry) serveStats(w http.ResponseWriter, now *snapshot) {
	answer(w, http.StatusOK, document{
		"uptime_seconds": int(time.Since(r.started).Seconds()), "started_at": r.started.Format(storedTime) + "+00:00",
		"version": now.Version, "deployment_type": "Local", "deployment_mode": now.DeploymentMode,
		"internal_only_deployment": true, "internal_deployment_type": "dev",
		"registry_stats":       document{"servers": len(now.entries), "agents": 0, "skills": 0},
		"database_status":      document{"backend": "mongodb-ce", "status": "Healthy", "host": "mongodb"},
		"auth_status":          document{"provider": now.Provider, "status": "Healthy", "url": "http://auth-server:8888"},
		"registry_card_status": document{"initialized": false, "registry_id": nil, "name": nil},
	})
}
