"""The contracts as a Pulumi policy pack, for programs that do not know this one.

`__main__` is what Pulumi runs; only it and `sdk` know Pulumi. `objects`, `unknown` and `verdict` are pure.
"""
