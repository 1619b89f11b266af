"""Consensus reports."""
