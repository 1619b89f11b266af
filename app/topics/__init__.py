"""Topics: from a draft to the adopted text that calls invite proposals on."""
