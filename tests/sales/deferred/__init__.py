"""Test what is paid later and elsewhere."""
