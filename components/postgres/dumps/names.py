"""What the objects of a database's dumps are called: alerts, commands and docs/backup.md name them too."""


def dump(service: str) -> str:
    """The CronJob that dumps; its last success is that of the newest dump."""
    return f"{service}-dump"


def proof(service: str) -> str:
    """The CronJob that restores the newest dump elsewhere; its last success is that of the newest proof."""
    return f"{service}-restore-proof"


def restore(service: str) -> str:
    """The suspended CronJob of which somebody makes a Job: to restore, to list what there is."""
    return f"{service}-restore"


def programs(service: str) -> str:
    """The ConfigMap with scripts/."""
    return f"{service}-dumps"


def place(service: str) -> str:
    """The ConfigMap with rclone's configuration."""
    return f"{service}-dumps-place"


def checks(service: str) -> str:
    """The ConfigMap with the owner's queries."""
    return f"{service}-restore-checks"
