"""Trials become curves and intervals; numbers only."""
