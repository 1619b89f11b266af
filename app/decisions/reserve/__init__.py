"""The reserve list of a topic after its release: who is funded when money becomes free, until when (K-05)."""
