"""Techniques that turn inputs into class probabilities; one a file."""
