"""Individual evaluation reports."""
