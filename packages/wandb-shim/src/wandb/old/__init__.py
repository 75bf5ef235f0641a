"""Names of long ago."""
