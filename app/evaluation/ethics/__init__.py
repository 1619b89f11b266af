"""Ethics of what is likely to be funded: screened by experts of its own, apart from all scores (5.6)."""
