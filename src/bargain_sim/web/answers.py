"""Refusals as answers over HTTP: a status for programs, a sentence for people."""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse, Response

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal

__all__ = ["fault_of", "refused", "status_of"]

_STATUS: Final = {
    "key": 403, "host": 403, "origin": 403, "no_seat": 404, "no_room": 404, "no_page": 404,
    "method": 405, "too_large": 413, "message": 422, "input": 422, "unknown": 422, "slowly": 429,
    "busy": 429, "type": 415, "size": 413, "not_kept": 503, "failed": 500,
}  # fmt: skip


def status_of(error: InputError) -> int:
    """409, what cannot be now, where nothing else is known."""
    return _STATUS.get(error.code, 409) if isinstance(error, Refusal) else 422


def fault_of(error: InputError) -> dict[str, str]:
    """`code`, `problem` and `remedy`; with several faults, the sentences of the first five."""
    if isinstance(error, Refusal):
        return {"code": error.code, "problem": error.problem, "remedy": error.remedy}
    faults = error.all()
    if len(faults) == 1:
        place = f"{error.place}: " if error.place is not None else ""
        return {"code": "input", "problem": place + error.problem, "remedy": error.remedy}
    return {"code": "input", "problem": " ".join(each.text() for each in faults[:5]), "remedy": ""}


def refused(error: InputError) -> Response:
    """The refusal as JSON."""
    status = status_of(error)
    headers = {"Retry-After": "2"} if status == 429 else None
    return JSONResponse({"error": fault_of(error)}, status, headers=headers)
