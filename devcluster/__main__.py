"""`python -m devcluster up|down|status|logs|psql|shell|pulumi|operations|operator|env|with-node`."""

import sys

from devcluster.cli import main

sys.exit(main())
