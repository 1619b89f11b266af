"""Certificates of reviewing work, without any proposal; verified by their code."""
