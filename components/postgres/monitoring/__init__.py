"""How a database is shown to Prometheus and Grafana, and when somebody is called: the parts that topologies share."""
