"""The register of organisations: the legal entities that take part."""
