// Releases whose CRDs the tests validate against. Nothing of them is built, so no module that they need is listed.
module postgres-apps/devcluster/build/crds

go 1.26.4

require (
	github.com/bitnami-labs/sealed-secrets v0.27.1
	github.com/cert-manager/cert-manager v1.21.2
	github.com/cloudnative-pg/plugin-barman-cloud v0.15.0
	github.com/external-secrets/external-secrets v1.3.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
