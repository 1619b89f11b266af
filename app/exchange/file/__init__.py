"""The auditor's file: everything that happened to one proposal, who saw it, on which rules it rests."""
