"""The command line: one file a command, and the one place that catches errors and prints."""
