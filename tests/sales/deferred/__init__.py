"""Test deferred payments."""
