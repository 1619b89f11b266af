"""Conflicts of interest: found from data, declared, decided; and who may be whom."""
