"""The root of a growing tree is the one that RFC 6962 defines."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from app.core.merkle import Tree, leaf, node, paths

LEAVES = st.lists(st.binary(max_size=8), max_size=40)


def defined(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf(leaves[0])
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node(defined(leaves[:split]), defined(leaves[split:]))


def grown(leaves: list[bytes]) -> str:
    tree = Tree()
    for text in leaves:
        tree.add(text)
    assert tree.size == len(leaves)
    return tree.root()


@given(LEAVES)
def test_the_root_is_the_one_defined(leaves: list[bytes]) -> None:
    assert grown(leaves) == defined(leaves).hex()


@given(LEAVES, LEAVES)
def test_other_leaves_have_another_root(one: list[bytes], other: list[bytes]) -> None:
    assert (grown(one) == grown(other)) == (one == other)


def test_a_node_is_not_passed_off_as_a_leaf() -> None:
    left, right = leaf(b"a"), leaf(b"b")
    assert leaf(left + right) != node(left, right)


def test_the_known_roots_of_the_rfcs_implementations() -> None:
    """The test vectors of certificate transparency."""
    given = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    leaves = [bytes.fromhex(text) for text in given]
    assert grown([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert grown(leaves[:1]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert grown(leaves) == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(LEAVES, st.data())
def test_the_way_of_a_leaf_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    wanted = data.draw(st.sets(st.sampled_from(range(len(leaves))))) if leaves else set()
    ways = paths(leaves, wanted)
    assert ways.keys() == wanted
    for place, way in ways.items():
        top = leaf(leaves[place])
        for side, beside in way:
            other = bytes.fromhex(beside)
            top = node(other, top) if side == "left" else node(top, other)
        assert top.hex() == grown(leaves)
