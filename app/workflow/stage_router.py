"""The router of a stage: asked only for paths that begin as one of its own does."""

from functools import cached_property

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette._utils import get_route_path
from starlette.routing import Match
from starlette.types import Scope


class StageRouter(APIRouter):
    """As any router, but no path is compared with its routes that none of them begins like.

    There are hundreds of routes, and the routers that they stand in compare them one after the other, more
    than once for each request. What a path begins with is read once, when the first request comes.
    """

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(_beginning(str(one.path)) for one in iter_route_contexts(self.routes))

    def begins(self, scope: Scope) -> bool:
        """Whether a route of the stage begins as the path that is asked for."""
        return scope["type"] != "http" or _beginning(get_route_path(scope)) in self._beginnings

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if self.begins(scope) else (Match.NONE, {})


def _beginning(path: str) -> str:
    """The first part of a path below its version, which is never a parameter."""
    parts = path.split("/", 3)
    return parts[2] if len(parts) > 2 else ""
