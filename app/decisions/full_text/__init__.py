"""A member of the committee asks for the full text of a proposal, with the reason."""
