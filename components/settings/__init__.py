"""Settings: frozen, validated values; every mistake reported at once, by its file and path."""
