"""Check this file by itself: python3 verify.py [FOLDER]. It needs Python 3.9 or later, and nothing else.

It says what is good, one line each, or what is wrong, and then ends with code 1.
"""

import hashlib
import json
import sys
from base64 import b64decode, urlsafe_b64decode
from pathlib import Path
from typing import Any

CHAINED = (
    "id", "entity", "entity_id", "seq", "at", "act", "actor_id", "by_system", "cause_id", "request_id",
    "before", "after", "commitment", "prev_hash",
)  # fmt: skip
LETTER = {"alg": "ES256", "typ": "letter+jws"}


# The curve of the key (NIST P-256): its field, the order of its base point, the base point.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, ...]


def plus(one: Point, other: Point) -> Point:
    """The sum of two points of the curve; the empty one is zero."""
    if not one or not other:
        return one or other
    (x, y), (u, v) = one, other
    if x == u and (y + v) % P == 0:
        return ()
    slope = (3 * x * x - 3) * pow(2 * y, -1, P) if one == other else (v - y) * pow(u - x, -1, P)
    z = (slope * slope - x - u) % P
    return z, (slope * (x - z) - y) % P


def times(number: int, point: Point) -> Point:
    """The point added to itself so many times."""
    found: Point = ()
    while number:
        if number & 1:
            found = plus(found, point)
        point, number = plus(point, point), number >> 1
    return found


def is_signed(text: bytes, signature: bytes, pem: str) -> bool:
    """Whether the text was signed (ECDSA on P-256, SHA-256) with the other half of this public key."""
    point = b64decode("".join(line for line in pem.splitlines() if "-" not in line))[-64:]
    key = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not 0 < r < N or not 0 < s < N:
        return False
    by = pow(s, -1, N)
    digest = int.from_bytes(hashlib.sha256(text).digest(), "big")
    found = plus(times(digest * by % N, BASE), times(r * by % N, key))
    return bool(found) and found[0] % N == r


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


def unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def wrong_letter(path: Path, pem: str, reference: str) -> tuple[str, str]:
    """Why a letter is not what was signed about this proposal, or nothing; and the digest of its text."""
    try:
        letter = json.loads(path.read_bytes())
        digest = sha256(canonical({key: letter[key] for key in ("subject", "text")}))
        head, said, signature = letter["signature"].split(".")
        kind, facts = json.loads(unpadded(head)), json.loads(unpadded(said))
        good = kind == LETTER and is_signed(f"{head}.{said}".encode(), unpadded(signature), pem)
    except (AttributeError, KeyError, TypeError, ValueError):
        return "it is no letter with a signature that can be read.", ""
    if not good:
        return "its signature is not of key.pem, or what is signed was altered.", digest
    if facts["digest"] != digest:
        return "its text is not what was signed.", digest
    return "" if facts["reference"] == reference else f"it is a letter about {facts['reference']}.", digest


def wrong_letters(folder: Path, chains: list[dict[str, Any]]) -> list[str]:
    """Every letter by its signature, and against those of which the trail tells that they were written."""
    pem = (folder / "key.pem").read_text()
    reference = json.loads((folder / "file.json").read_bytes())["proposal"]["reference"]
    events = [event for chain in chains if chain["entity"] == "letter" for event in chain["events"]]
    written = {event["detail"]["digest"] for event in events if event["act"] == "write" and event["detail"]}
    found, there = [], set()
    for path in letters_in(folder):
        why, digest = wrong_letter(path, pem, reference)
        if why:
            found.append(f"letters/{path.name}: {why}")
        elif digest not in written:
            found.append(f"letters/{path.name}: the trail does not tell of it.")
        there.add(digest)
    if written - there:
        found.append("A letter that the trail tells of is not here.")
    return found


def letters_in(folder: Path) -> list[Path]:
    return sorted((folder / "letters").glob("*.json"))


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
    found += wrong_letters(folder, chains)
    if found:
        say(*found)
        return 1
    events = sum(len(chain["events"]) for chain in chains)
    say(f"{len(chains)} chains with {events} events follow from each other; every file is as it was put in.")
    if letters := letters_in(folder):
        say(f"{len(letters)} letters were signed with key.pem as they are, and the trail tells of each.")
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
