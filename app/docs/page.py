"""`/docs`: the interactive documentation, every byte of it served by us; it works without internet.

Swagger UI sets styles through the object model, which `style-src 'self'` allows: no inline style is needed.
"""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from app.core.errors import NotFound

OURS = Path(__file__).parent / "static"
SWAGGER = Path(str(files("fastapi_offline"))) / "static"
ASSETS = {
    "docs.js": OURS,
    "docs.css": OURS,
    "swagger-ui-bundle.js": SWAGGER,
    "swagger-ui.css": SWAGGER,
    "favicon.png": SWAGGER,
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

router = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def page() -> FileResponse:
    return FileResponse(OURS / "docs.html", headers={"Content-Security-Policy": POLICY})


@router.get("/{name}")
async def asset(name: str) -> FileResponse:
    """One of the files that the page asks for. Raises NotFound for any other name."""
    if name not in ASSETS:
        raise NotFound
    return FileResponse(ASSETS[name] / name, headers={"Cache-Control": "no-cache"})
