"""What changes in a call after its publication: numbered, with its reason, public."""
