# One command for each thing one does here; `make` alone lists them. Variables: STACK, CONTEXT, CLUSTER and those below.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

STACK ?= local
CONTEXT ?=
CLUSTER ?=
IMAGES ?=
APP ?=
ROLE ?= app
KEEP_DATA ?=
ONLY ?=
MEMBER ?=
ARGS ?=
YES ?=
VERSION ?= 1.30
REMOVE ?=
A ?= dev
B ?= prod
INTO ?=
FROM ?= latest
REPLACE ?=

KNOWN := STACK CONTEXT CLUSTER IMAGES APP ROLE KEEP_DATA ONLY MEMBER ARGS YES VERSION REMOVE A B INTO FROM REPLACE
EMPTY :=
GIVEN := $(foreach word,$(subst \$(EMPTY) ,_,$(MAKEOVERRIDES)),$(firstword $(subst =, ,$(word))))
ifneq ($(filter-out $(KNOWN),$(GIVEN)),)
$(error $(filter-out $(KNOWN),$(GIVEN)) is no variable of this Makefile; they are $(KNOWN))
endif

PYTHON := .venv/bin/python
# Written when .venv has exactly what requirements.lock pins.
READY := .venv/.requirements.lock

.PHONY: help install up down status logs psql shell check explain diagram cost render diff preview test contracts rules e2e bench lint lock
.PHONY: dump-now prove-now dumps restore restore-copy operator rotate ha-status switchover reinit pause resume patronictl etcdctl

help: ## this list
	@sed -nE 's/^([a-z0-9 -]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | sed -E ':next s/^(  make [a-z|-]+) ([a-z-]+)/\1|\2/; t next' | expand -t 38

up: $(READY) ## the whole of it: cluster, images, local stack; CONTEXT=… or CLUSTER=kind|k3d for another cluster
	@$(PYTHON) -m devcluster up --context "$(CONTEXT)" --cluster "$(CLUSTER)" --images "$(IMAGES)"

down: $(READY) ## take all of it away; KEEP_DATA=1 keeps volumes and state
	@$(PYTHON) -m devcluster down $(if $(filter 1 yes true,$(KEEP_DATA)),--keep-data)

status: $(READY) ## what runs, and where everything is
	@$(PYTHON) -m devcluster status

logs: $(READY) ## logs of app and database; APP=observer|postgres for one of them
	@$(PYTHON) -m devcluster logs --app "$(APP)"

psql: $(READY) ## psql as ROLE=app|owner|reader|superuser; SQL from a pipe works too
	@$(PYTHON) -m devcluster psql --role "$(ROLE)"

shell: $(READY) ## a shell in the app's pod
	@$(PYTHON) -m devcluster shell --app "$(or $(APP),observer)"

check explain diagram cost: $(READY) ## settings and contracts, variables, wiring, monthly cost of STACK; no cluster, no CLI
	@$(PYTHON) -m components $@ --stack "$(STACK)"

render: $(READY) ## the objects of STACK as YAML into rendered/STACK; INTO=directory elsewhere, INTO=- prints them
	@$(PYTHON) -m components render --stack "$(STACK)" $(if $(INTO),--into "$(INTO)")

diff: $(READY) ## what really differs between two stacks, and by which setting: A=dev B=prod
	@$(PYTHON) -m components diff "$(A)" "$(B)"

operator: $(READY) ## CloudNativePG VERSION=1.28|1.30 on the cluster; REMOVE=1 takes it away; INTO=file writes its objects; CONTEXT=…
	@$(PYTHON) -m devcluster operator "$(VERSION)" --context "$(CONTEXT)" $(if $(INTO),--into "$(INTO)") \
		$(if $(filter 1 yes true,$(REMOVE)),--remove)

preview: $(READY) ## pulumi preview of STACK; other stacks than local need your own backend and cluster
	@$(PYTHON) -m devcluster pulumi --stack "$(STACK)" -- preview

# Of a database that runs; `make` itself ends with 2 whatever the command's exit code.
OPERATIONS = @$(PYTHON) -m devcluster operations --stack "$(STACK)" --

ha-status: $(READY) ## replicated STACK: members, etcd, router; what is wrong and what to do
	$(OPERATIONS) status

switchover: $(READY) ## another primary for STACK: MEMBER=pg-1, or the synchronous standby
	$(OPERATIONS) switchover --member "$(MEMBER)"

reinit: $(READY) ## copy standby MEMBER of STACK anew from its primary; YES=1 doesn't ask
	$(OPERATIONS) reinit --member "$(MEMBER)" $(if $(filter 1 yes true,$(YES)),--yes)

dump-now prove-now dumps: $(READY) ## STACK's dumps: one more at once; the newest restored on trial; what there is
	$(OPERATIONS) $@

restore: $(READY) ## dump FROM=NAME|latest into STACK's empty database; REPLACE=1: what is there gets another name
	$(OPERATIONS) restore --from "$(FROM)" $(if $(filter 1 yes true,$(REPLACE)),--replace)

restore-copy: $(READY) ## dump FROM=NAME|latest beside STACK's database, on the same server
	$(OPERATIONS) restore-copy --from "$(FROM)"

pause resume: $(READY) ## maintenance mode of STACK: on, off; while it is on nobody takes over
	$(OPERATIONS) $@

patronictl etcdctl: $(READY) ## the tool itself, in a pod of STACK: ARGS="list", ARGS="endpoint health"
	$(OPERATIONS) $@ $(ARGS)

rotate: $(READY) ## another password for ROLE=app|owner|reader of STACK while its clients run; after an interruption too
	@$(PYTHON) -m operations.rotate --stack "$(STACK)" --role "$(ROLE)" -- $(PYTHON) -m devcluster pulumi --stack "$(STACK)" --

install: $(READY) ## .venv with what requirements.lock pins; every other target does it too

test: $(READY) ## unit tests
	@$(PYTHON) -m pytest tests/unit

contracts: $(READY) ## the contracts' own suites: each reference broken in turn, harmless edits, public workloads
	@$(PYTHON) -m pytest tests/contracts
	@$(PYTHON) -m tests.contracts.mutation

rules: $(READY) ## the alerts, evaluated by Prometheus's promtool on series that are made up: each fires, each is quiet
	@$(PYTHON) -m pytest tests/rules

e2e: $(READY) ## the real engine on the real node, which is left as it was before; ONLY=tests/e2e/shared
	@$(PYTHON) -m devcluster with-node -- \
		$(PYTHON) -m pytest -n 2 $(or $(ONLY),$(wildcard tests/engine tests/e2e))

bench: $(READY) ## measure what the README prints; ONLY=check,contracts,memory,preview,apps,tenants,failover,shared,tuning,up
	@$(PYTHON) -m bench --only "$(ONLY)"

lint: $(READY) ## ruff and pyright
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/pyright

lock: $(READY) ## write requirements.lock anew from pyproject.toml
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--extra devcluster --extra policy --extra dev --upgrade pyproject.toml -o requirements.lock

$(READY): requirements.lock
	@devcluster/install.sh

.DEFAULT:
	@echo "there is no target '$@'; \`make help\` lists those there are" >&2; exit 2
