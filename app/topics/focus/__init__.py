"""The vocabulary of fields of health in which ideas are sorted."""
