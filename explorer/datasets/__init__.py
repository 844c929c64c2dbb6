"""A path becomes a Dataset and a list of findings: readers, checks, examples."""
