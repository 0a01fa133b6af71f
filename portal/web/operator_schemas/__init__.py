"""Describe what operators send and see, for the JSON and for the panel alike."""
