"""What really differs between two stacks: objects by what they are for, values by their path, each with its setting."""
