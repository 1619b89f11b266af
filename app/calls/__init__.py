"""Calls: their stages, the topics in them, the rule set they name."""
