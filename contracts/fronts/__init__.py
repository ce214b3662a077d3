"""How sets come in and verdicts go out: YAML of any origin, a live namespace; text, JSON, SARIF, GitHub annotations."""
