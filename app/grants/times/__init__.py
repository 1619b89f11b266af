"""How long a call takes to inform applicants and to grant, against the limits of its rules (K-06, K-07)."""
