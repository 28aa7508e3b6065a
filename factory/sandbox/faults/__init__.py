"""Faults on purpose: calls that fail, hang or are lost, reads that lag, resources that fail or take long."""
