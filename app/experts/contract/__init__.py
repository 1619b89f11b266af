"""Contracts of experts: what is signed for one call, acknowledged, suspended and ended."""
