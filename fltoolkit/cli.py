"""The command line: check a survey, estimate from it, run a batch. `fltoolkit COMMAND --help` shows examples."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

from fltoolkit.errors import FltoolkitError, RequestError
from fltoolkit.estimate.profiles import load_profile, shipped_profiles
from fltoolkit.survey.layout import known_encoding
from fltoolkit.yamlfile import UNANSWERED, Model

STOPPED = 130  # as shells count: 128 and the number of the signal
RAW = argparse.RawDescriptionHelpFormatter


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 if all is well, 1 if a survey failed or has errors, 2 if the call or a file is wrong, 130 if it was stopped by hand.
    """
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except FltoolkitError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fltoolkit", description="Forced labour from labour force surveys: check, estimate, baseline.", formatter_class=RAW,
        epilog="example:\n  fltoolkit check data_samples/norvia_lfs_2025/survey.yaml\n  fltoolkit batch data_samples/batch.yaml",
    )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    new = commands.add_parser(
        "new", help="draft a survey.yaml from a data file's own labels", formatter_class=RAW,
        epilog="examples:\n  fltoolkit new my_survey/persons.sav\n"
        "  fltoolkit new my_survey/data/persons.csv --out my_survey/survey.yaml --encoding cp1252",
    )  # fmt: skip
    new.add_argument("data", type=Path, help="CSV, Parquet, SPSS (.sav, .zsav) or Stata (.dta)")
    new.add_argument("--out", type=Path, help="what to write (default: survey.yaml beside the data); never overwritten")
    new.add_argument(
        "--encoding", type=known_encoding, help="of a file that is not UTF-8 and does not say its own, such as cp1252"
    )
    new.set_defaults(run=_new)
    asked = commands.add_parser(
        "questionnaire", help="write the XLSForm of a questionnaire.yaml, and the survey.yaml that reads its answers", formatter_class=RAW,
        epilog="examples:\n  fltoolkit questionnaire docs/questionnaire\n  fltoolkit questionnaire my_survey --languages fr",
    )  # fmt: skip
    asked.add_argument("folder", type=Path, help="where questionnaire.yaml stands; a copy of docs/questionnaire")
    asked.add_argument("--languages", default="", help="of the form, with commas; the first is its default (default: all)")
    asked.set_defaults(run=_questionnaire)
    check = commands.add_parser(
        "check", help="what the data say of themselves, before any estimate", formatter_class=RAW,
        epilog="example:\n  fltoolkit check my_survey/survey.yaml",
    )  # fmt: skip
    check.add_argument("survey", type=Path, help="a survey.yaml")
    check.set_defaults(run=_check)
    estimate = commands.add_parser(
        "estimate", help="one survey through the notebooks", formatter_class=RAW,
        epilog="examples:\n  fltoolkit estimate my_survey/survey.yaml\n"
        "  fltoolkit estimate my_survey/survey.yaml --plan my_survey/nap.yaml --outputs results\n"
        "  fltoolkit estimate my_survey/survey.yaml --profile nchs_2017",
    )  # fmt: skip
    estimate.add_argument("survey", type=Path, help="a survey.yaml")
    estimate.add_argument("--plan", type=Path, help="a nap.yaml, whose baseline is filled")
    estimate.add_argument("--before", type=Path, help="the survey.yaml of an earlier round, to show the change since then")
    estimate.add_argument("--outputs", type=Path, default=Path("outputs"), help="where results go (default: outputs)")
    estimate.add_argument(
        "--profile",
        help=f"what is reliable enough to be shown: {', '.join(shipped_profiles())}, or a YAML file beside survey.yaml (default: fltoolkit)",
    )  # fmt: skip
    estimate.add_argument(
        "--restricted",
        action="store_true",
        help="also write restricted/estimates_full.csv, nothing suppressed: not for publication",
    )
    estimate.set_defaults(run=_estimate)
    batch = commands.add_parser(
        "batch", help="many surveys through the notebooks", formatter_class=RAW,
        epilog="examples:\n  fltoolkit batch data_samples/batch.yaml --workers 2\n  fltoolkit batch data_samples/batch.yaml --resume\n"
        "  fltoolkit batch data_samples/batch.yaml --scheduler tcp://192.168.1.10:8786",
    )  # fmt: skip
    batch.add_argument("batch", help="a batch.yaml: its path, or its address (s3://…; docs/cluster.md)")
    where = batch.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, default=2, help="surveys at the same time on this machine (default: 2)")
    where.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="of a Dask scheduler, whose workers then run the surveys (docs/cluster.md)",
    )
    where.add_argument(
        "--only", default="", metavar="NAME",
        help="one survey of the batch, also while others are run so elsewhere; then the batch with --resume writes the index",
    )  # fmt: skip
    batch.add_argument(
        "--resume", action="store_true",
        help="skip what is complete and current (inputs, parameters, code, versions and results unchanged), and run the rest",
    )  # fmt: skip
    batch.set_defaults(run=_batch)
    nap = commands.add_parser(
        "nap", help="check a plan, and read back what partners filled in in its workbook", formatter_class=RAW,
        epilog="examples:\n  fltoolkit nap check my_survey/nap.yaml\n  fltoolkit nap read outputs/my_survey/nap_workbook.xlsx",
    )  # fmt: skip
    of_plan = nap.add_subparsers(required=True, metavar="COMMAND")
    plan = of_plan.add_parser(
        "check", help="what is wrong with a nap.yaml, before anything is run", formatter_class=RAW,
        epilog="examples:\n  fltoolkit nap check my_survey/nap.yaml\n  fltoolkit nap check plan/nap.yaml --survey my_survey/survey.yaml",
    )  # fmt: skip
    plan.add_argument("plan", type=Path, help="a nap.yaml")
    plan.add_argument(
        "--survey", type=Path, help="the survey.yaml that fills it (default: its baseline_survey, else survey.yaml beside it)"
    )
    plan.set_defaults(run=_nap_check)
    read = of_plan.add_parser(
        "read", help="write it to partners.yaml beside nap.yaml", formatter_class=RAW,
        epilog="examples:\n  fltoolkit nap read outputs/my_survey/nap_workbook.xlsx\n"
        "  fltoolkit nap read from_the_ministry.xlsx --plan my_survey/nap.yaml",
    )  # fmt: skip
    read.add_argument("workbook", type=Path, help="a nap_workbook.xlsx that partners filled in")
    read.add_argument("--plan", type=Path, help="its nap.yaml (default: the one that run.json beside the workbook names)")
    read.set_defaults(run=_nap_read)
    room = commands.add_parser(
        "class", help="serve the teaching notebooks to a class, each learner a folder of their own (docs/class.md)", formatter_class=RAW,
        epilog="examples:\n  fltoolkit class my_class\n  fltoolkit class my_class --learners 12 --address 192.168.1.10\n"
        "  fltoolkit class my_class --jupyter=--ServerApp.certfile=room.pem --jupyter=--ServerApp.keyfile=room.key",
    )  # fmt: skip
    room.add_argument("folder", type=Path, help="where the class's folders go; kept from one day to the next")
    room.add_argument("--learners", type=int, default=30, help="how many folders to lay out (default: 30)")
    room.add_argument(
        "--address", default="localhost", help="this machine's address in the room (default: localhost, this machine alone)"
    )
    room.add_argument("--port", type=int, default=8888, help="default: 8888")
    room.add_argument(
        "--jupyter", action="append", default=[], metavar="OPTION", help="an option for JupyterLab, such as a certificate"
    )
    room.set_defaults(run=_class)
    refresh = commands.add_parser(
        "refresh", help="run notebooks where they stand and store their outputs", formatter_class=RAW,
        epilog="example:\n  fltoolkit refresh notebooks",
    )  # fmt: skip
    refresh.add_argument("folder", type=Path, help="a folder of notebooks")
    refresh.set_defaults(run=_refresh)
    schema = commands.add_parser(
        "schema", help="write the JSON Schemas of every YAML file and of evidence.json", formatter_class=RAW,
        epilog="example:\n  fltoolkit schema docs/schema",
    )  # fmt: skip
    schema.add_argument("folder", type=Path, help="where to write them")
    schema.set_defaults(run=_schema)
    return parser


def _new(parsed: argparse.Namespace) -> int:
    from fltoolkit.survey.draft import write_draft

    target, draft = write_draft(parsed.data, parsed.out, parsed.encoding)
    for number, line in draft.asks:
        print(f"line {number:<4} {str(line).strip()}")
    print(
        f"{target}: drafted {draft.drafted} lines; {len(draft.asks)} need an answer, where the file says {UNANSWERED} (listed above)."
    )
    print(f"Read it line by line, answer them, then run: fltoolkit check {target}")
    return 0


def _questionnaire(parsed: argparse.Namespace) -> int:
    from fltoolkit.survey.questionnaire import write_questionnaire

    written = write_questionnaire(parsed.folder, [name.strip() for name in parsed.languages.split(",") if name.strip()])
    print(f"Written: {' and '.join(map(str, written))}. Read docs/questionnaire.md before you field it.")
    return 0


def _check(parsed: argparse.Namespace) -> int:
    import fltoolkit as fl

    survey = fl.read_survey(parsed.survey)
    found = fl.check(survey)
    _print_findings(found.to_dict("records"))
    if (found["severity"] == "error").any():
        print("Errors stop the estimate: mend them, then check again.")
        return 1
    persons = fl.classify(survey)
    more = [*fl.check_cases(persons).to_dict("records"), *fl.check_weights(persons).to_dict("records")]
    _print_findings(more)
    try:
        refused = fl.publish_run(persons).table.query("marker == 'x' and rule_set == @persons.rules")
    except FltoolkitError as error:  # of the design or the weights, which only an estimate meets
        print(f"ERROR   {error}\nErrors stop the estimate: mend them, then check again.")
        return 1
    for measure, reason in refused[["measure", "reason"]].drop_duplicates().itertuples(index=False):
        print(f"NOTE    tables: {measure} will be marked [x]: {reason}")
    print(f"{survey.spec.title}: no errors; {len(found) + len(more)} other finding(s).")
    return 0


def _print_findings(rows: list[dict[Hashable, Any]]) -> None:
    for row in rows:
        print(f"{str(row['severity']).upper():<8}{row['where']}: {row['what']} [{row['count']}]\n        {row['do']}")


def _estimate(parsed: argparse.Namespace) -> int:
    from fltoolkit.batch import run_surveys
    from fltoolkit.jobs import make_run

    if parsed.profile:
        load_profile(parsed.profile, parsed.survey.parent)
    given = {"profile": parsed.profile, "before": parsed.before and str(parsed.before.resolve())}
    parameters = {name: value for name, value in given.items() if value}
    run = make_run(parsed.survey.resolve(), parsed.plan.resolve() if parsed.plan else None, parameters=parameters)
    passed = run_surveys([run], parsed.outputs, workers=1, keep_others=True)
    if passed and parsed.restricted:
        _restricted(parsed, parsed.outputs / run.name / "restricted")
    return 0 if passed else 1


def _restricted(parsed: argparse.Namespace, folder: Path) -> None:
    """Everything as estimated, nothing suppressed, for those who may see it; no page links it."""
    import fltoolkit as fl
    from fltoolkit.estimate.publish import restricted
    from fltoolkit.folders import write_whole

    persons = fl.classify(fl.read_survey(parsed.survey))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "estimates_full.csv"
    table = restricted(persons, plan=fl.read_plan(parsed.plan) if parsed.plan else None)
    write_whole(target, table.to_csv(index=False, lineterminator="\n"))
    print(f"RESTRICTED: {target} holds confidential numbers. It is not for publication.")


def _batch(parsed: argparse.Namespace) -> int:
    from fltoolkit.batch import run_batch
    from fltoolkit.stored import run_stored

    run = run_stored if "://" in parsed.batch else run_batch
    options = {"workers": parsed.workers, "scheduler": parsed.scheduler, "only": parsed.only, "resume": parsed.resume}
    return 0 if run(parsed.batch, **options) else 1


def _nap_check(parsed: argparse.Namespace) -> int:
    import fltoolkit as fl
    from fltoolkit.nap.check import check_plan
    from fltoolkit.nap.partners import read_partners
    from fltoolkit.survey.spec import read_spec

    plan = fl.read_plan(parsed.plan)
    read_partners(plan)
    beside = parsed.plan.with_name("survey.yaml")
    survey = parsed.survey or plan.baseline_path or (beside if beside.is_file() else None)
    found = check_plan(plan, read_spec(survey) if survey else None)
    for row in found.to_dict("records"):
        print(f"{str(row['severity']).upper():<8}{row['where']}: {row['what']}\n        {row['do']}")
    if survey is None:
        print("NOTE    no survey.yaml is beside the plan: only the plan itself was checked; name the survey with --survey")
    if (found["severity"] == "error").any():
        print("Errors would stop a run, or lose a target: mend them, then check again.")
        return 1
    print(f"{plan.title}: no errors; {len(found)} other finding(s). Whether targets can be verified is told by a run.")
    return 0


def _nap_read(parsed: argparse.Namespace) -> int:
    from fltoolkit.record import read_record
    from fltoolkit.report.merge import read_into

    if not parsed.workbook.is_file():
        do = "give the path of the workbook that partners filled in, such as outputs/my_survey/nap_workbook.xlsx"
        raise RequestError("there is no such file", where=str(parsed.workbook), do=do)
    folder = parsed.workbook.parent
    record = read_record(folder)
    named = record.parameters.get("4_nap", {}).get("plan") if record else None
    if not parsed.plan and not named:
        raise RequestError(
            "no run.json beside the workbook says which nap.yaml it belongs to",
            where=str(parsed.workbook),
            do="name it: --plan my_survey/nap.yaml",
        )
    print(read_into(parsed.workbook, parsed.plan or Path(os.path.normpath(folder / named))))
    return 0


def _class(parsed: argparse.Namespace) -> int:
    from fltoolkit.classroom import serve

    return serve(parsed.folder, parsed.learners, parsed.address, parsed.port, parsed.jupyter)


def _refresh(parsed: argparse.Namespace) -> int:
    from fltoolkit.notebooks import refresh

    refresh(parsed.folder)
    return 0


def _schema(parsed: argparse.Namespace) -> int:
    import json

    from fltoolkit.classify.rules import RuleSet
    from fltoolkit.jobs import Batch
    from fltoolkit.nap import Plan
    from fltoolkit.nap.partners import Partners
    from fltoolkit.report import evidence_json
    from fltoolkit.survey.questionnaire.model import Questionnaire
    from fltoolkit.survey.spec import SurveySpec

    parsed.folder.mkdir(parents=True, exist_ok=True)
    models: dict[str, type[Model]] = {
        "survey": SurveySpec, "nap": Plan, "batch": Batch, "rules": RuleSet, "partners": Partners, "questionnaire": Questionnaire,
    }  # fmt: skip
    schemas = {name: model.model_json_schema() for name, model in models.items()} | {"evidence": evidence_json.schema()}
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True)
        (parsed.folder / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
