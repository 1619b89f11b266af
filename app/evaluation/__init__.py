"""Evaluation: individual reports, consensus reports, panels and their ranked lists."""
