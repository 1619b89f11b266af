"""Topics: from an idea to the adopted text that calls invite proposals on."""
