"""The observer's report: the observer writes it, the office checks and publishes it and changes no word."""
