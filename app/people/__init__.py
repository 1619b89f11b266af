"""Who acts: accounts, appointments to roles, signing in, tokens."""
