"""Consultation on a draft: rounds, the bodies invited to them, their comments and the answers."""
