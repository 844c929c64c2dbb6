"""Checks: each file looks for one kind of trouble in a data set."""
