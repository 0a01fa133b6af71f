"""Measure logins and accounting through the real server: `python -m tests.benchmarks.radius`."""
