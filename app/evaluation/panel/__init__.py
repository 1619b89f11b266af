"""Panels and the lists they rank."""
