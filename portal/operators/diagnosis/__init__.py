"""Tell why somebody has no Internet: one cause that is true, and the one thing that mends it."""
