"""One test a house rule, with examples that keep it and examples that break it."""
