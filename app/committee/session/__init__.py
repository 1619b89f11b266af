"""Sessions of a body: called, held or voted in writing, adjourned, closed; who was there; their minutes."""
