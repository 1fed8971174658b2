"""Writes what partners typed into a workbook to partners.yaml: all entries or none. If one entry contradicts
partners.yaml, none is written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from fltoolkit.errors import BatchError, DataError, RequestError
from fltoolkit.files import MB, write_whole
from fltoolkit.nap.checklists import PARTNERS
from fltoolkit.nap.partner_entries import Partners, partners_text, read_partners, row_number
from fltoolkit.nap.results_framework import read_plan
from fltoolkit.report.workbook.returned_entries import Edit, read_workbook, same, same_rows, shortened
from fltoolkit.yaml_files.loading import MOST_BYTES, build_model

NAME = "nap_workbook.xlsx"
SHOWN = 10
KINDS = ("new", "changed", "emptied")


def read_into(path: Path, plan: Path) -> str:
    """Reads what partners typed into a workbook, and writes it to the partners.yaml beside nap.yaml. Returns
    a sentence that says what was written.

    Raises:
        DataError: the file is not a workbook of the kit, or contains something that partners.yaml cannot
            keep.
        RequestError: the workbook belongs to another plan, or contradicts the present partners.yaml. Then
            nothing is written.
    """
    found = read_workbook(path)
    known = {i.id for s in read_plan(plan).framework for i in s.indicators}
    if found.ids and not found.ids & known:
        raise RequestError(
            "the workbook was written for another plan: they have no indicator in common",
            where=str(path),
            found=sorted(found.ids),
            allowed=sorted(known),
            do="name its nap.yaml with --plan",
        )
    if found.problems:
        raise DataError(
            f"{len(found.problems)} entry(ies) cannot be read:\n{_listed(found.problems)}",
            where=str(path),
            do="correct them in the workbook, then read it again; nothing was written",
        )
    partners = read_partners(plan)
    pending = [e for e in found.edits if not _is_in_file(partners, e)]
    if conflicts := [_conflict(partners, e) for e in pending if not same(_entry_now(partners, e), e.before)]:
        do = (
            "agree on one of the two: type it into the workbook, or write it into partners.yaml; then "
            "read again; nothing was written"
        )
        raise RequestError(
            f"{len(conflicts)} entry(ies) contradict what {PARTNERS} holds by now:\n{_listed(conflicts)}",
            where=str(path),
            do=do,
        )
    target = plan.with_name(PARTNERS)
    if not pending:
        return f"{path.name}: nothing new was filled in; {len(found.edits)} entry(ies) were read before."
    text = partners_text(_merged(partners, pending, str(path)))
    if len(text.encode("utf-8")) > MOST_BYTES:
        do = "shorten the longest texts, or keep sheets of your own in another file"
        raise DataError(
            f"the entries are more than {PARTNERS} can hold; nothing was written",
            where=str(path),
            found=f"{len(text):,} characters",
            allowed=f"at most {MOST_BYTES / MB:g} MB",
            do=do,
        )
    write_whole(target, text)
    by_sheet = Counter(e.where.partition("!")[0] for e in pending)
    by_kind = Counter(_kind_of_change(partners, e) for e in pending)
    kinds = " and ".join(f"{by_kind[kind]} {kind}" for kind in KINDS if by_kind[kind])
    return (
        f"{target}: {kinds} entry(ies), "
        + ", ".join(f"{n} of {sheet}" for sheet, n in by_sheet.items())
        + "."
    )


def _kind_of_change(partners: Partners, edit: Edit) -> str:
    """Returns the kind of change that an edit makes in partners.yaml: `new` if it adds an entry, `changed` if
    it changes one, `emptied` if it empties one. An edit is an entry that a partner typed into a cell."""
    if _entry_now(partners, edit) in (None, ""):
        return "new"
    return "emptied" if edit.after in (None, "") else "changed"


def refuse_unread(path: Path, partners: Partners, shown_name: str = "") -> None:
    """Raises `BatchError` if partners changed something in a workbook that is not in partners.yaml yet: the
    kit would overwrite it. A file that does not exist is accepted. `shown_name` is the name of the file in
    the message; if it is empty, the message has the file's own name."""
    if not path.is_file():
        return
    try:
        found = read_workbook(path)
        unread = [f"{e.where}: {shortened(e.after)}" for e in found.edits if not _is_in_file(partners, e)] + [
            *found.problems
        ]
    except DataError as error:
        unread = [error.problem]
    if unread:
        name = shown_name or path.name
        raise BatchError(
            f"{len(unread)} entry(ies) in the workbook of an earlier run were not read, and would be lost",
            where=name,
            found=f"{unread[0]}{' …' if len(unread) > 1 else ''}",
            do=(
                f"run: fltoolkit nap read {name} (or move the file away, if nobody needs what is in it); "
                "then run again"
            ),
        )


def _entry_now(partners: Partners, edit: Edit) -> Any:
    """Returns the entry that partners.yaml has now for the cell of an edit (an entry that a partner typed
    into a cell). Returns None if there is no entry."""
    if edit.table == "sheets":
        return partners.sheets.get(edit.row)
    found = partners.row(edit.table, edit.row).get(edit.column)
    return None if found == "" and edit.table != "matrix" else found


def _is_in_file(partners: Partners, edit: Edit) -> bool:
    held = _entry_now(partners, edit)
    if edit.table == "sheets":
        return same_rows(held, edit.after)
    return same(held, edit.after) and (held is None) == (edit.after is None)


def _merged(partners: Partners, edits: list[Edit], where: str) -> Partners:
    content: dict[str, Any] = {
        name: {k: dict(v) for k, v in getattr(partners, name).items()}
        for name in Partners.model_fields
        if name != "sheets"
    }
    content["sheets"] = dict(partners.sheets)
    for e in edits:
        rows = content[e.table]
        if e.table == "sheets":
            rows[e.row] = e.after and _with_formulas(e.after, partners.sheets.get(e.row, ()))
        else:
            rows.setdefault(e.row, {})[e.column] = e.after
    for name, rows in content.items():
        kept = {
            k: v if name == "sheets" else {c: x for c, x in v.items() if x is not None}
            for k, v in rows.items()
            if v is not None
        }
        content[name] = {k: v for k, v in kept.items() if v or name == "sheets"}
        if name in ("costs", "implementation"):  # in the order of the sheet
            content[name] = dict(sorted(content[name].items(), key=lambda item: row_number(item[0])))
    return build_model(content, Partners, where)


def _with_formulas(rows: Any, kept_rows: Any) -> Any:
    """Returns the rows of a sheet that partners added. In the returned workbook, a cell with a formula has
    only its value (`rows`). If the value did not change, the formula from partners.yaml (`kept_rows`) is put
    back."""
    before = {(r, c): v for r, row in enumerate(kept_rows) for c, v in enumerate(row)}
    return tuple(
        tuple(before[r, c] if same(before.get((r, c)), v) and v else v for c, v in enumerate(row))
        for r, row in enumerate(rows)
    )


def _conflict(partners: Partners, edit: Edit) -> str:
    was = "" if edit.before is None else f"; both were {shortened(edit.before)}"
    theirs = (
        f"{PARTNERS} ({edit.table}, {edit.row}, {edit.column}) says {shortened(_entry_now(partners, edit))}"
    )
    return f"{edit.where}: the workbook says {shortened(edit.after)}, {theirs}{was}"


def _listed(lines: list[str] | tuple[str, ...]) -> str:
    more = f"\n  … and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return "\n".join(f"  - {line}" for line in lines[:SHOWN]) + more
