"""Go modules that pin the tools of the embedded node, and `versions`, which says what is built from them."""
