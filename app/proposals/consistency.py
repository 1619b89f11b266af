"""What a full proposal says otherwise than the short one that was invited, beyond the merger (C-10)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Manifest = Mapping[str, Any]


class Note(NamedTuple):
    """A difference for the office to look at; nothing follows from it by itself."""

    code: str
    text: str


def consistency(
    short: Manifest, full: Manifest, industry: Collection[str], stays: Mapping[str, str]
) -> Sequence[Note]:
    """The differences between what was handed in in both stages.

    `industry` came with the merger, by id; `stays` gives for an organisation that was merged into another in
    the register the one that stays.
    """
    return list(_differences(short, full, industry, stays))


def _differences(
    short: Manifest, full: Manifest, industry: Collection[str], stays: Mapping[str, str]
) -> Iterator[Note]:
    before, after = _names(short, stays), _names(full, stays)
    for gone in sorted(before[key] for key in before.keys() - after.keys()):
        yield Note("partner-gone", f"{gone} was a partner of the short proposal and is none of the full one.")
    for added in sorted(after[key] for key in after.keys() - before.keys() - {*industry}):
        yield Note("partner-added", f"{added} came neither with the short proposal nor with the merger.")
    was, now = (_coordinator(each, stays) for each in (short, full))
    if was != now:
        told = f"{before[was]} coordinated the short proposal, {after[now]} coordinates this one."
        yield Note("other-coordinator", told)
    was, now = (each["requested"]["amount"] for each in (short, full))
    if was != now:
        yield Note("requested-changed", f"The short proposal asked for {was} euro, this one for {now}.")
    for name in ("acronym", "title"):
        if short[name] != full[name]:
            yield Note(f"{name}-changed", f"The {name} was “{short[name]}” and is “{full[name]}”.")


def _names(manifest: Manifest, stays: Mapping[str, str]) -> dict[str, str]:
    return {_key(partner, stays): partner["legal_name"] for partner in manifest["partners"]}


def _coordinator(manifest: Manifest, stays: Mapping[str, str]) -> str:
    return next(_key(partner, stays) for partner in manifest["partners"] if partner["coordinates"])


def _key(partner: Mapping[str, str], stays: Mapping[str, str]) -> str:
    return stays.get(partner["organisation_id"], partner["organisation_id"])
