"""Questions about a published call, and the answers that everybody reads."""
