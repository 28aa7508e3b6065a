"""The operations on stack sets, each a function in one of these modules."""
