"""Results: what the public may know of funded projects."""
