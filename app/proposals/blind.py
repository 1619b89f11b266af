"""What of a sealed version experts read who are not to learn whose it is (V-25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785

from app.calls.chosen import Form, blind_of, form_of
from app.calls.form import File
from app.calls.rule_parts import Blind
from app.proposals.models import Proposal, SealedVersion
from app.proposals.sealing import digest_of

KEPT = ("format", "reference", "number", "title", "abstract", "requested")
"""Of a manifest what names nobody."""
OF_DOCUMENT = ("key", "pages", "fault", "limit", "excess")
"""Of a document: its digest and size are of what a file says of its author, too."""


@dataclass(frozen=True)
class Contents:
    """A sealed version as somebody reads it. No receipt goes with one that is not whole.

    `documents` are those that are handed over with it, as they were sealed.
    """

    manifest: dict[str, Any]
    digest: str
    texts: dict[str, str]
    answers: dict[str, dict[str, Any]]
    receipt: str | None
    documents: Sequence[dict[str, Any]]

    @property
    def written(self) -> dict[str, Any]:
        """All but the files, as plain JSON."""
        kept = ("manifest", "digest", "texts", "answers", "receipt")
        return {name: getattr(self, name) for name in kept}


def without_names(proposal: Proposal, version: SealedVersion) -> Contents:
    """The sections and documents that the rules name for it; digests are made anew of what is shown.

    That of the whole would tell a guess at the names from the truth.
    """
    terms = blind_of(proposal.topic_stage)
    assert terms is not None  # the relation that leads here has asked
    answers = _answers(terms, form_of(proposal.topic_stage), version.answers)
    sealed = version.manifest
    manifest = {name: sealed[name] for name in KEPT if name in sealed}
    manifest["sections"] = [_section(s, answers) for s in sealed["sections"] if s["key"] in terms.sections]
    documents = [d for d in sealed["documents"] if d["key"] in terms.documents]
    manifest["documents"] = [{name: d[name] for name in OF_DOCUMENT if name in d} for d in documents]
    texts = {key: text for key, text in version.texts.items() if key in terms.sections}
    return Contents(manifest, digest_of(manifest), texts, answers, None, documents)


def _section(sealed: dict[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    fields = answers.get(sealed["key"])
    return sealed if fields is None else sealed | {"digest": sha256(rfc8785.dumps(fields)).hexdigest()}


def _answers(terms: Blind, form: Form, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Without the digests of documents."""
    hidden = {
        (section.key, one.key) for section in form.sections for one in section.asks if isinstance(one, File)
    }
    return {
        key: {name: answer for name, answer in answers[key].items() if (key, name) not in hidden}
        for key in terms.sections
        if key in answers
    }
