"""The operations of Service Catalog, a file per subject; a new file with marked functions is found by itself."""
