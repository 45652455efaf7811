"""Stage runs of a video: one at a time, recorded, costed, and done once."""
