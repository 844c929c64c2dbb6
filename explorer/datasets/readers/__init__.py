"""Readers: each file recognises one way of laying out a data set and reads it."""
