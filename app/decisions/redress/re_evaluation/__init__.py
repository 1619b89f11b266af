"""The new evaluation after an upheld request, beside the old one, by experts who took no part."""
