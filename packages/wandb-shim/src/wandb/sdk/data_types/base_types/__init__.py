"""What media are."""
