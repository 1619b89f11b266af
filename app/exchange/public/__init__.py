"""The public faces of calls and topics: the same for everybody, signed in or not."""
