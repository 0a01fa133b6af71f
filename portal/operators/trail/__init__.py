"""Keep the trail: what changed, chained entry by entry, read, exported and verified."""
