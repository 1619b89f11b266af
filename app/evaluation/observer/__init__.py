"""The independent observer of a call: reads everything of its evaluation, changes nothing."""
