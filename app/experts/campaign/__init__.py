"""Campaigns that invite experts to a call: one mail each, an answer by its link, reminders, lapse."""
