"""A stage of a call: one round of submission, with its deadline."""
