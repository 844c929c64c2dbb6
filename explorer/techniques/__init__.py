"""Four slots of techniques, one technique a file, found by `explorer.techniques.discovery`."""
