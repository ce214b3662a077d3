"""Programs that run as Jobs in the members' image: the standard library alone, Python 3.10 or newer.

They are started as `python3 -m scripts.NAME` in the folder above, so they import each other relatively.
"""
