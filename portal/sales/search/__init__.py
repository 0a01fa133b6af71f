"""Find sales by what people know of them: a word of a name, four digits, an amount, a code."""
