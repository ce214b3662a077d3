"""The embedded default: a real Kubernetes node and the tools that `make up` needs, on a machine that has none.

Nothing imports this package; without it `pulumi up` against any cluster works the same.
"""
