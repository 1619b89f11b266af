"""What a full proposal says otherwise than the short one that was invited, beyond the merger (C-10)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Manifest = Mapping[str, Any]


class Note(NamedTuple):
    """A difference for the office to look at; nothing follows from it by itself."""

    code: str
    text: str


def consistency(short: Manifest, full: Manifest, industry: Collection[str]) -> Sequence[Note]:
    """The differences between what was handed in in both stages; `industry` came with the merger, by id."""
    return list(_differences(short, full, industry))


def _differences(short: Manifest, full: Manifest, industry: Collection[str]) -> Iterator[Note]:
    before, after = _names(short), _names(full)
    for gone in sorted(before[key] for key in before.keys() - after.keys()):
        yield Note("partner-gone", f"{gone} was a partner of the short proposal and is none of the full one.")
    for added in sorted(after[key] for key in after.keys() - before.keys() - {*industry}):
        yield Note("partner-added", f"{added} came neither with the short proposal nor with the merger.")
    if (was := _coordinator(short)) != (now := _coordinator(full)):
        yield Note("other-coordinator", f"{was} coordinated the short proposal, {now} coordinates this one.")
    was, now = (each["requested"]["amount"] for each in (short, full))
    if was != now:
        yield Note("requested-changed", f"The short proposal asked for {was} euro, this one for {now}.")
    for name in ("acronym", "title"):
        if short[name] != full[name]:
            yield Note(f"{name}-changed", f"The {name} was “{short[name]}” and is “{full[name]}”.")


def _names(manifest: Manifest) -> dict[str, str]:
    return {partner["organisation_id"]: partner["legal_name"] for partner in manifest["partners"]}


def _coordinator(manifest: Manifest) -> str:
    return next((p["legal_name"] for p in manifest["partners"] if p["coordinates"]), "Nobody")
