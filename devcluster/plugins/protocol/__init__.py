"""What the stand-ins share: Pulumi's gRPC messages, how a plugin is served, and how values travel."""
