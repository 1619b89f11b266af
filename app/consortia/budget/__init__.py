"""The money of a consortium: each partner's part, what the rules make of it, and who stands for it."""
