"""Letters to applicants as they were written, when they were sent, when they were opened."""
