"""Mounting a table: one route per row, one to read, one to list, all documented from the row."""

from fastapi import APIRouter

from app.workflow.acts import mount_act, mount_creation
from app.workflow.lists import mount_list
from app.workflow.mounted import MOUNTED, Mounted
from app.workflow.reads import mount_edit, mount_part, mount_read
from app.workflow.route import documented, refusals

__all__ = ["documented", "mount", "refusals"]


def mount(router: APIRouter, mounted: Mounted) -> Mounted:
    """Give every row of a workflow its route on `router`, and register what is mounted."""
    MOUNTED[mounted.entity] = mounted
    if mounted.items:
        mount_list(router, mounted)
    mount_read(router, mounted)
    for part in mounted.parts:
        mount_part(router, mounted, part)
    for name in mounted.workflow.names:
        rows = mounted.workflow.rows(name)
        if not rows[0].on_the_wire or rows[0].custom_route:
            continue
        if rows[0].creates:
            mount_creation(router, mounted, rows[0])
        elif name == "edit" or rows[0].part:
            mount_edit(router, mounted, rows)
        else:
            mount_act(router, mounted, rows)
    return mounted
