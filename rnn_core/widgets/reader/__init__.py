"""Words that are read letter by letter."""
