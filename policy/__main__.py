"""What `pulumi preview --policy-pack policy` runs; it serves until Pulumi ends it."""

import sys
from pathlib import Path

# Pulumi puts this folder on the path; the packages are beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import PolicyPack

from policy.policies import policies

PolicyPack("postgres-apps-contracts", policies())
