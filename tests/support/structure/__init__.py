"""Look at how the code is built."""
