"""Reasons to refuse an artifact before anything is published."""
