"""Auditors of one call: what is of their call, and that there is such a call."""
