"""The industry consortium of a topic: who it is, and who acts for it."""
