"""Evaluation summary reports: what applicants read of their evaluation (V-21)."""
