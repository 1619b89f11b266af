"""Whole calls replayed on a virtual clock: demonstration, training, benchmark."""
