"""Proposals: written together, sealed at submission, checked for eligibility."""
