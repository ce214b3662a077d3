"""CloudNativePG on a cluster: its release, made fit for a node without a registry; put in, and taken out.

`release.objects` gives the objects of a version; `running.install` and `running.remove` are what `make operator` does.
"""
