"""A case before a court or the ombudsman, marked on the file of a proposal."""
