"""A small app that stands in for the Observer on the local stack: its variables, its paths, its endpoints.

It reads no market. What it does for real: it keeps rows in PostgreSQL through the app role, writes its files where
the Observer writes them, and answers /ready only while both work.
"""
