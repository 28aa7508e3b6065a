"""The embedded AWS: an emulator with a Service Catalog of our own in front of it."""
