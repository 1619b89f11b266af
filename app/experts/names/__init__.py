"""The names of a call's experts, published once a year, never by proposal."""
