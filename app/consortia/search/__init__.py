"""Partner search: organisations offer what they can, or say whom they need, for a topic."""
