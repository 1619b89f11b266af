"""Requests for a review: filed by applicants, weighed by people who took no part, decided by a signatory."""
