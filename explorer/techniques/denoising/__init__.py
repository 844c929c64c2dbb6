"""Techniques that clean inputs before any model sees them; one a file."""
