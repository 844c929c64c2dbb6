"""Six example data sets, each with its page of truth, and the script that makes them: `python -m sample_data.make`."""
