"""Stories: acts by named people, through HTTP alone."""
