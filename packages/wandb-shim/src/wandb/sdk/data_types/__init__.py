"""Media: Runwell's classes."""
