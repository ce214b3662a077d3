"""Measures what the README prints: `make bench`, or a part of it with `make bench ONLY=check,memory`.

It measures and prints, with the number of runs, the median, the worst, and the machine's own noise between the runs.
It never says that a figure is too high: a slow machine is not a mistake in the code; the tests do not run it.
"""
