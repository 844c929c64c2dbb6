"""Remembers studies, trials and outcomes in one SQLite file; the only SQL is in here."""
