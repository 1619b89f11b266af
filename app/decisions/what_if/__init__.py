"""What-if sets: where the budget line of closed lists would fall with other envelopes; nothing is changed."""
