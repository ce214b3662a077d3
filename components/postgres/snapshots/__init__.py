"""VolumeSnapshots of a database's claims by a CronJob that may do nothing else at the API server.

One volume holds data and WAL, so a snapshot of it is what a power cut leaves: PostgreSQL recovers from it as it does
from that (postgresql.org/docs, «File System Level Backup»: «a consistent snapshot … works only if it is atomic»).
"""
