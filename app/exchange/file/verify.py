"""Check this file by itself: python3 verify.py [FOLDER]. It needs Python 3.9 or later, and nothing else.

It says what is good, one line each, or what is wrong, and then ends with code 1.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

CHAINED = (
    "id", "entity", "entity_id", "seq", "at", "act", "actor_id", "by_system", "cause_id", "request_id",
    "before", "after", "commitment", "prev_hash",
)  # fmt: skip


def canonical(facts: Any) -> bytes:
    """The one text of these facts (RFC 8785, for JSON without fractions)."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def wrong_files(folder: Path) -> list[str]:
    """Every file against the digest under which it was put in."""
    said = json.loads((folder / "manifest.json").read_bytes())
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    found = [f"{name} is missing." for name in sorted(said.keys() - there)]
    for name in sorted(said.keys() & there):
        if sha256((folder / name).read_bytes()) != said[name]:
            found.append(f"{name} is not what was put in.")
    return found


def wrong_chain(chain: dict[str, Any]) -> list[str]:
    """Each event against its hash, the one before it, and what is told of it."""
    name, end, state = f"{chain['entity']} {chain['entity_id']}", "", ""
    found: list[str] = []
    for number, event in enumerate(chain["events"], 1):
        if event["seq"] != number:
            return [*found, f"{name}: event {number} is gone."]
        if event["prev_hash"] != end or event["before"] != state:
            found.append(f"{name}: event {number} does not follow from the one before.")
        if sha256(canonical({key: event[key] for key in CHAINED})) != event["hash"]:
            found.append(f"{name}: event {number} was altered.")
        if event["detail"] is not None:
            told = event["salt"].encode() + canonical(event["detail"])
            if sha256(told) != event["commitment"]:
                found.append(f"{name}: the detail of event {number} was altered.")
        end, state = event["hash"], event["after"]
    return found


def wrong_proof(chain: dict[str, Any], root: str) -> list[str]:
    """The head that was signed for the chain, up to the root of the checkpoint."""
    name, signed = f"{chain['entity']} {chain['entity_id']}", chain["signed"]
    if signed is None:
        return []
    said = {key: signed[key] for key in ("number", "seq", "head")}
    said |= {"entity": chain["entity"], "entity_id": chain["entity_id"]}
    top = hashlib.sha256(b"\x00" + canonical(said)).digest()
    for side, beside in signed["path"]:
        other = bytes.fromhex(beside)
        top = hashlib.sha256(b"\x01" + (other + top if side == "left" else top + other)).digest()
    found = [] if top.hex() == root else [f"{name}: its head is not under the root that was signed."]
    events = chain["events"]
    if signed["seq"] > len(events) or events[signed["seq"] - 1]["hash"] != signed["head"]:
        found.append(f"{name}: the head that was signed is not the one of its chain.")
    return found


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def main(folder: Path) -> int:
    found = wrong_files(folder)
    chains = json.loads((folder / "chains.json").read_bytes())
    checkpoint = folder / "checkpoint.json"
    said = json.loads(checkpoint.read_bytes()) if checkpoint.exists() else None
    for chain in chains:
        found += wrong_chain(chain)
        if said is not None:
            found += wrong_proof(chain, said["root"])
    if found:
        say(*found)
        return 1
    events = sum(len(chain["events"]) for chain in chains)
    say(f"{len(chains)} chains with {events} events follow from each other; every file is as it was put in.")
    if said is None:
        say("No checkpoint was signed yet.")
        return 0
    signed = sum(chain["signed"]["seq"] for chain in chains if chain["signed"] is not None)
    say(
        f"{signed} of these events are under the root of checkpoint {said['number']}: {said['root']}",
        "Its signature is checked by:",
        "  openssl dgst -sha256 -verify key.pem -signature checkpoint.sig checkpoint.json",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent))
