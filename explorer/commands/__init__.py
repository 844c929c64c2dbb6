"""The commands of the command line, one a file: each declares `command`, and the file's name is the command's."""
