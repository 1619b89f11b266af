"""Grants: preparation and signature."""
