"""Read-only faces for others: published calls and topics, feeds, open data."""
