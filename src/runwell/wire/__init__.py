"""The shared language: pure values, no I/O, no clock."""
