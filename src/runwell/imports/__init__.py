"""Runs of other trackers, read from their files and written as run directories of ours."""
