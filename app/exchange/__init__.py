"""Read-only faces for others: open data."""
