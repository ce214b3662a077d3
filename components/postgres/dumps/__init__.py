"""Dumps of a database, the proof that they restore, and the restore: CronJobs and Jobs of standard images.

pg_dump and its kin run in the server's image, rclone in its own. `scripts/` holds what they do, as POSIX shell, for
neither image has anything else in common.
"""
