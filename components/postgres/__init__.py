"""PostgreSQL: one module per topology, and beside them what topologies share."""
