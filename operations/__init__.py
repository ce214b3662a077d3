"""Looking at a replicated database that runs, and maintaining it: `python -m operations`."""
