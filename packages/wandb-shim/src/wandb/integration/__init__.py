"""Callbacks under the names of their own libraries' documentation; each is Runwell's, or made of it."""
