"""Stand-in for pulumi-resource-kubernetes: any kind of a real API server, by server-side apply."""
