"""Does the work of each command of the command line. Slow imports are inside the functions, so that `--help`
is fast."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fltoolkit.errors import FltoolkitError, RequestError
from fltoolkit.files import refuse_irregular
from fltoolkit.table_records import as_records
from fltoolkit.terminal import on_screen, say

if TYPE_CHECKING:
    from fltoolkit.classify.classified_survey import ClassifiedSurvey
    from fltoolkit.yaml_files.loading import Model


def start(parsed: argparse.Namespace) -> int:
    from fltoolkit.authoring.new_project import start_project

    folder = start_project(parsed.folder)
    say(
        f"{folder}: notebooks, samples, documentation, batch.yaml and README.md, which says what to do "
        "with them."
    )
    say(f"Begin with: cd {folder} && fltoolkit estimate data_samples/norvia_lfs_2025/survey.yaml")
    return 0


def new(parsed: argparse.Namespace) -> int:
    from fltoolkit.authoring.draft.survey_draft import write_draft
    from fltoolkit.yaml_files.loading import UNANSWERED

    target, draft = write_draft(parsed.data, parsed.out, parsed.encoding)
    for number, line in draft.unanswered:
        say(f"line {number:<4} {str(line).strip()}")
    say(
        f"{target}: drafted {draft.count_complete} lines; {len(draft.unanswered)} need an answer, where "
        f"the file says {UNANSWERED} (listed above)."
    )
    say(f"Read it line by line, answer them, then run: fltoolkit check {target}")
    return 0


def questionnaire(parsed: argparse.Namespace) -> int:
    from fltoolkit.authoring.questionnaire.questionnaire_files import write_questionnaire

    written = write_questionnaire(
        parsed.folder, [name.strip() for name in parsed.languages.split(",") if name.strip()]
    )
    say(f"Written: {' and '.join(map(str, written))}. Read docs/questionnaire.md before you field it.")
    return 0


def check(parsed: argparse.Namespace) -> int:
    import fltoolkit as fl
    from fltoolkit.classify.checks.case_findings import UNRESOLVED, case_findings
    from fltoolkit.classify.checks.corrected_cases import weights_in_use
    from fltoolkit.estimate.measures.questions_asked import not_asked
    from fltoolkit.survey.checks.findings import SEVERITIES, finding_facts
    from fltoolkit.survey.checks.rules.design_rules import sees_all_errors_of_design
    from fltoolkit.survey.checks.survey_checks import check_facts

    if parsed.show_values and not on_screen():
        do = "leave it out, or run the command without | and > on a terminal"
        raise RequestError("values of the data are shown on a terminal only", where="--show-values", do=do)
    if parsed.private:
        from fltoolkit.run.batch_file import name_of
        from fltoolkit.run.private_folder import private_place, write_rows

        written = write_rows(
            parsed.survey, name_of(parsed.survey.resolve(), parsed.name), private_place(parsed.private)
        )
        say(f"PRIVATE {written} lists the rows that the findings are about.")
    try:
        survey = fl.read_survey(parsed.survey)
    except FltoolkitError as error:
        if parsed.show_values and error.withheld:
            say(f"VALUES  {error.withheld}")
        raise
    limit = survey.spec.confidentiality.smallest_printed_count
    found = check_facts(survey, show_values=parsed.show_values, language=parsed.language)
    if any(row["severity"] == "error" for row in found):
        _print_findings(found)
        say("Errors stop the estimate: correct them, then check again.")
        return 1
    persons = fl.classify(survey)
    cases = finding_facts(case_findings(persons), limit, parsed.language)
    first, rest = (
        [row for row in cases if (row["check"] == UNRESOLVED) is chosen] for chosen in (True, False)
    )
    weights = as_records(fl.check_weights(persons)) if survey.spec.calibration else []
    others: list[Mapping[Any, Any]] = [*found, *rest, *weights]
    rows = [*first, *sorted(others, key=lambda row: SEVERITIES.index(row["severity"]))]
    if not first:
        say("NOTE    forced_labour: nobody asked is unresolved.")
    _print_findings(rows)
    if not sees_all_errors_of_design(survey):
        from fltoolkit.estimate.measures.prevalence_and_totals import refuse_unusable_design

        try:
            refuse_unusable_design(persons)
        except FltoolkitError as error:
            say(f"ERROR   {error}\nErrors stop the estimate: correct them, then check again.")
            return 1
    stopped = _compare(parsed.before, persons) if parsed.before else False
    for measure, why in not_asked(persons).items():
        say(f"NOTE    tables: {measure} will be marked [x]: {why.reason}")
    if (outputs := Path("outputs")).is_dir():
        _remind_of_releases(persons, outputs)
    for line in weights_in_use(persons):
        say(f"        {line}")
    errors = "the comparison has errors" if stopped else "no errors"
    say(f"{survey.spec.title}: {errors}; {len(rows)} other finding(s).")
    return 1 if stopped else 0


def _compare(before: Path, persons: ClassifiedSurvey) -> bool:
    """Prints the findings of a comparison with an earlier survey, such as changed questions. Returns True if
    the comparison would be refused.

    Args:
        before: the survey.yaml of the earlier survey.
        persons: the classified persons of the later survey.
    """
    import fltoolkit as fl
    from fltoolkit.estimate.change_over_time.rounds_before_change import compare_before

    earlier = fl.classify(fl.read_survey(before))
    say(f"Compared with {earlier.spec.title}:")
    met = as_records(compare_before(earlier, persons))
    _print_findings(met)
    if not met:
        say("NOTE    before: nothing prevents a comparison.")
    return any(row["severity"] == "error" for row in met)


def _remind_of_releases(persons: ClassifiedSurvey, outputs: Path) -> None:
    """Prints the releases of the survey in a folder of outputs that survey.yaml does not name."""
    from fltoolkit.run.run_record import other_releases

    for folder, status in other_releases(persons.path, persons.spec, outputs).items():
        say(
            f"NOTE    release: {folder} is a {status} release of this survey, and survey.yaml does not name it."
        )
        say(
            "        Name it under `release`, in `beside` or `revises`: both together could reveal hidden numbers."
        )


def _print_findings(rows: Iterable[Mapping[Any, Any]]) -> None:
    for row in rows:
        count = f" [{row['count']}]" if row.get("count", "") != "" else ""
        say(f"{str(row['severity']).upper():<8}{row['where']}: {row['what']}{count}\n        {row['do']}")


def estimate(parsed: argparse.Namespace) -> int:
    from fltoolkit.classify.rule_set import load_rules
    from fltoolkit.publish.reliability import load_publication_profile
    from fltoolkit.run.batch import BatchOptions, run_surveys
    from fltoolkit.run.batch_file import make_run
    from fltoolkit.run.private_folder import private_place

    if parsed.restricted and not parsed.private:
        do = "name a folder that nobody else can read: --private FOLDER"
        raise RequestError(
            "results that are not for publication may not be written among the outputs",
            where="--restricted",
            do=do,
        )
    if parsed.profile:
        load_publication_profile(parsed.profile, parsed.survey.parent)
    if parsed.rules:
        load_rules(parsed.rules, parsed.survey.parent)
    before = parsed.before and str(parsed.before.resolve())
    given = {"profile": parsed.profile, "rules": parsed.rules, "before": before}
    parameters = {name: value for name, value in given.items() if value}
    run = make_run(
        parsed.survey.resolve(), parsed.plan.resolve() if parsed.plan else None, parsed.name, parameters
    )
    place = private_place(parsed.private, parsed.outputs) if parsed.private else ""
    options = BatchOptions(workers=1, keep_others=True, replace=parsed.replace, private=place)
    passed = run_surveys([run], parsed.outputs, options)
    if passed and parsed.restricted:
        _restricted(parsed, run.name, place)
    return 0 if passed else 1


def _restricted(parsed: argparse.Namespace, name: str, place: str) -> None:
    """Writes the table of all estimates without suppression into the private folder of a survey. No page has
    a link to this file.

    Args:
        parsed: the arguments of the command.
        name: the name of the survey's folder.
        place: the path or the address of the private folder.
    """
    import fltoolkit as fl
    from fltoolkit.publish.published_set import restricted
    from fltoolkit.run.private_folder import FULL, write_private

    rules = {"rules": parsed.rules} if parsed.rules else {}
    persons = fl.classify(fl.read_survey(parsed.survey), **rules)
    table = restricted(persons, plan=fl.read_plan(parsed.plan) if parsed.plan else None)
    written = write_private(place, name, FULL, table.to_csv(index=False, lineterminator="\n"))
    say(f"RESTRICTED: {written} holds confidential numbers. It is not for publication.")


def batch(parsed: argparse.Namespace) -> int:
    from fltoolkit.run.batch import run_batch
    from fltoolkit.run.remote_batch import run_stored
    from fltoolkit.run.remote_folder import is_address

    run = run_stored if is_address(parsed.batch) else run_batch
    options = {
        name: getattr(parsed, name)
        for name in ("workers", "scheduler", "only", "resume", "replace", "private")
    }
    return 0 if run(parsed.batch, **options) else 1


def nap_check(parsed: argparse.Namespace) -> int:
    import fltoolkit as fl
    from fltoolkit.nap.partner_entries import read_partners
    from fltoolkit.nap.plan_checks import check_plan
    from fltoolkit.survey.spec.survey_spec import read_spec

    plan = fl.read_plan(parsed.plan)
    read_partners(plan)
    beside = parsed.plan.with_name("survey.yaml")
    survey = parsed.survey or plan.baseline_path or (beside if beside.is_file() else None)
    found = check_plan(plan, read_spec(survey) if survey else None)
    _print_findings(as_records(found))
    if survey is None:
        say(
            "NOTE    no survey.yaml is beside the plan: only the plan itself was checked; name the "
            "survey with --survey"
        )
    if (found["severity"] == "error").any():
        say("Errors would stop a run, or lose a target: correct them, then check again.")
        return 1
    say(
        f"{plan.title}: no errors; {len(found)} other finding(s). A run shows whether targets can be "
        "verified."
    )
    return 0


def nap_read(parsed: argparse.Namespace) -> int:
    from fltoolkit.report.workbook.merge_into_partners import read_into
    from fltoolkit.run.run_record import read_record

    do = "give the path of the workbook that partners filled in, such as outputs/my_survey/nap_workbook.xlsx"
    refuse_irregular(parsed.workbook, RequestError, do)
    folder = parsed.workbook.parent
    record = read_record(folder)
    given = record.parameters.get("4_nap", {}) if record else {}
    if not parsed.plan and not given.get("plan"):
        raise RequestError(
            "no run.json beside the workbook says which nap.yaml it belongs to",
            where=str(parsed.workbook),
            do="name it: --plan my_survey/nap.yaml",
        )
    say(
        read_into(
            parsed.workbook,
            parsed.plan or Path(os.path.normpath((folder / given["survey"]).parent / given["plan"])),
        )
    )
    return 0


def lab(parsed: argparse.Namespace) -> int:
    from fltoolkit.run.jupyter import open_lab

    return open_lab(parsed.folder, parsed.jupyter)


def serve_class(parsed: argparse.Namespace) -> int:
    from fltoolkit.teaching.classroom import serve

    return serve(parsed.folder, parsed.learners, parsed.address, parsed.port, parsed.jupyter)


def refresh(parsed: argparse.Namespace) -> int:
    from fltoolkit.run.jupyter import refresh

    refresh(parsed.folder)
    return 0


def schema(parsed: argparse.Namespace) -> int:
    import json

    from fltoolkit.authoring.questionnaire.questionnaire_model import Questionnaire
    from fltoolkit.classify.rule_set import RuleSet
    from fltoolkit.files import write_whole
    from fltoolkit.nap import Plan
    from fltoolkit.nap.partner_entries import Partners
    from fltoolkit.report.exchange import evidence_json
    from fltoolkit.run.batch_file import Batch
    from fltoolkit.survey.spec.survey_spec import SurveySpec
    from fltoolkit.yaml_files.editor_schema import editor_schema

    parsed.folder.mkdir(parents=True, exist_ok=True)
    models: dict[str, type[Model]] = {
        "survey": SurveySpec,
        "nap": Plan,
        "batch": Batch,
        "rules": RuleSet,
        "partners": Partners,
        "questionnaire": Questionnaire,
    }
    schemas = {name: editor_schema(model.model_json_schema()) for name, model in models.items()} | {
        "evidence": evidence_json.schema()
    }
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True)
        write_whole(parsed.folder / f"{name}.schema.json", text + "\n")
    return 0
