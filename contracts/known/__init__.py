"""What is known of the world outside the set: images, operators, the variables that drivers read."""
