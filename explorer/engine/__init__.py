"""Queued studies become outcomes in the store, by Dask workers."""
