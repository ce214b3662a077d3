"""Stand-in for pulumi-language-python: runs Python programs, policy packs and Python plugins for the engine."""
