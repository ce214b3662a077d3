"""What a stack costs in a month: what its objects ask for, at the prices that the stack states."""
