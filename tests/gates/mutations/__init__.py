"""A mutation test of the gate: each protection of each product taken away, one at a time."""
