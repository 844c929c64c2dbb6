"""Techniques that learn from unlabelled inputs too; one a file."""
