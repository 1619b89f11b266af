"""How the members of the committee judge an idea before they vote on it."""
