"""AWS on the other side: credentials, the artifact bucket, reading and writing the catalog, launching from it."""
