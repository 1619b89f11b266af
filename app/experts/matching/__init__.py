"""Assigning experts to proposals: the problem, its solver with a certificate, explanations; no database."""
