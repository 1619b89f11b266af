"""What the people of a rehearsal do, stage by stage of the process."""
