"""What the office asks an applicant after the deadline: it clears a doubt and never improves a proposal."""
