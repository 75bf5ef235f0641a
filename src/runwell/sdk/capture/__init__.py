"""What a run records about the script without being asked: its console, its place, its version."""
