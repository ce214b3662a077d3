"""What can be done: each command a module, each refusal a sentence."""
