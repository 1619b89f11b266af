"""How often somebody may try: per address strictly, per client so that a whole institute may share one."""

from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil
from time import monotonic_ns
from typing import cast

from fastapi import Request
from pyrate_limiter import Duration, Rate, RateItem, StateBucket

from app.core.errors import TooMany

KEPT = 50_000  # keys remembered by one limit; the one that was quiet longest is forgotten first


class Limit:
    """`tries` at once for each key, then as many again over each `period` (ms); kept by this process."""

    def __init__(self, tries: int, period: int) -> None:
        self.rate = Rate(tries, period)
        self.buckets: OrderedDict[str, StateBucket] = OrderedDict()

    def spend(self, key: str) -> None:
        """Count one try. Raises TooMany, which says when to come again."""
        bucket = self.buckets.pop(key, None) or StateBucket([self.rate])
        self.buckets[key] = bucket
        if len(self.buckets) > KEPT:
            self.buckets.popitem(last=False)
        item = RateItem(key, monotonic_ns() // 1_000_000)
        if not bucket.put(item):
            wait = cast(int, bucket.waiting(item))  # in memory nothing is awaited
            raise TooMany(headers={"Retry-After": str(ceil(wait / 1000) or 1)})


def _per_client() -> Limit:
    return Limit(3_000, 10 * Duration.MINUTE)


def _per_address() -> Limit:
    return Limit(20, 15 * Duration.MINUTE)


def _letters() -> Limit:
    return Limit(5, Duration.HOUR.value)


@dataclass(frozen=True)
class Limits:
    """The limits of the routes under `/v1/auth`, and of verifying receipts."""

    client: Limit = field(default_factory=_per_client)
    receipts: Limit = field(default_factory=_per_client)
    sign_in: Limit = field(default_factory=_per_address)
    letters: Limit = field(default_factory=_letters)


def client_of(request: Request) -> str:
    """The network address of the caller; the server believes forwarding headers of its own proxies alone."""
    return request.client.host if request.client else ""
