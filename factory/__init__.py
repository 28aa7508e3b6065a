"""An AWS Service Catalog product factory: product code in, launched compliant services out."""
