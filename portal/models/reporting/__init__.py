"""Keep what reports are made of: money that went back, sums by day and hour, words to search by."""
