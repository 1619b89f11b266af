"""`python -m app` is `imi`."""

from app.cli import main

main()
