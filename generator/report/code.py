"""The code of releases, and what changed in it, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.history.changelog import Changelog
from generator.history.code import Code
from generator.history.ledger import Release
from generator.report.table import printable
from generator.syntax.commit_ids import short_id
from generator.syntax.forges import Forges, commit_page, comparison_page
from generator.syntax.wording import counted


def code_cell(code: Code | None) -> str:
    """Return the start of the id of the commit; empty without one."""
    return short_id(code.commit) if code else ""


def code_cells(code: Code | None) -> list[str]:
    """Return the commit and its repository for CSV."""
    return [code.commit, code.repository] if code else ["", ""]


def code_json(code: Code | None, forges: Forges, changes: Changelog | None = None) -> dict[str, Any] | None:
    """Return the code for programs, with what changed since the release before if it was asked for."""
    if code is None:
        return None
    said: dict[str, Any] = {
        "commit": code.commit,
        "repository": code.repository or None,
        "url": commit_page(code.repository, code.commit, forges) or None,
        "author": code.author or None,
        "date": code.date or None,
        "subject": code.subject or None,
    }
    if changes is not None:
        said["changes"] = [_change(code, change, forges) for change in changes.found] if changes.is_known else None
        said["changesLeftOut"] = changes.more
    return said


def _change(code: Code, change: Any, forges: Forges) -> dict[str, Any]:
    return {
        "commit": change.commit,
        "author": {"name": change.author, "email": change.email},
        "date": change.date,
        "subject": change.subject,
        "url": commit_page(code.repository, change.commit, forges) or None,
    }


def code_text(shown: Sequence[Release], changes: Mapping[int, Changelog], forges: Forges) -> str:
    """Return the pages of releases, and a line for each commit that they brought."""
    lines = [line for release in shown if release.code for line in _lines(release, release.code, changes, forges)]
    return "".join(f"{line}\n" for line in ["", *lines]) if lines else ""


def _lines(release: Release, code: Code, changes: Mapping[int, Changelog], forges: Forges) -> Iterator[str]:
    known = changes.get(release.number)
    page = comparison_page(code.repository, known.older, code.commit, forges) if known and known.older != code.commit else ""
    page = page or commit_page(code.repository, code.commit, forges) or code.repository
    head = f"#{release.number} {release.image_tag or release.digest[:19] or release.chart_version}"
    yield printable("  ".join(part for part in (head, f"code {short_id(code.commit)}", page) if part))
    if known is None:
        return
    if not known.is_known:
        yield f"  the checkout lacks {short_id(known.older)} or {short_id(code.commit)}: fetch its history"
    elif not known.found:
        same = known.older == code.commit
        yield "  the same code" if same else f"  no commit that {short_id(known.older)} lacks: the code went back"
    for change in known.found:
        yield printable(f"  {short_id(change.commit)}  {change.subject}  ({change.author})")
    if known.more:
        yield f"  … {counted(known.more, 'older commit')}"
