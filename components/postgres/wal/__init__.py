"""WAL archiving with pgBackRest: what is added to a server's pods, and the Jobs that take base backups.

The program is copied from an image that has it into each pod by an init container, so the server keeps its image.
Base backups are taken by the server itself, because only it sees its files: a Job asks it to, by a function that runs
this one program and nothing else (`access`).
"""
