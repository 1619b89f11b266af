"""How what we sign begins: comparing these very bytes leaves no foreign header to be parsed."""

import base64
import json


def beginning(header: dict[str, str]) -> str:
    """The first segment of a JWS with this header, and the dot after it."""
    plain = json.dumps(header, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=") + "."
