"""Techniques that make label-safe views of inputs; one a file."""
