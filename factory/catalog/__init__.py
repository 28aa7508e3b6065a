"""The catalog as data: what is offered to whom, and the manifests that say so."""
