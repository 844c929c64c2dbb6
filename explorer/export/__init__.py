"""Studies as files: written by the command line, read by anyone."""
