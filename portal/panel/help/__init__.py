"""Tell people how each task is done, a page a task."""
