"""How well the texts of experts fit those of proposals: computed by a job, kept, seen by the office alone."""
