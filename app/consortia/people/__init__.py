"""The people who act for a partner: asked by mail, changed, ended."""
