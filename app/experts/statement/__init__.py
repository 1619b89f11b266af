"""Statements of completed work, which are payable."""
