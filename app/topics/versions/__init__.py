"""Every version that a topic's text has had; any two can be compared."""
