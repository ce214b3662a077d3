"""How a command ends other than well. The text is for the person who typed it: what is so, and what to do."""


class Refused(Exception):
    """What was asked for can't or must not be done; nothing was changed."""


class Failed(Exception):
    """It was begun and did not end as asked for."""


class CantTell(Exception):
    """The cluster could not be asked."""
