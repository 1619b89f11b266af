"""Bodies, mandates, sessions, motions, votes: one machinery for every vote."""
