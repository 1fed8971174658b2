"""The command line: check a survey, estimate from it, run a batch. `fltoolkit COMMAND --help` shows examples."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

from fltoolkit.errors import FltoolkitError

RAW = argparse.RawDescriptionHelpFormatter


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0 if all is well, 1 if a survey failed or has errors, 2 if the call or a file is wrong."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except FltoolkitError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fltoolkit", description="Forced labour from labour force surveys: check, estimate, baseline.", formatter_class=RAW,
        epilog="example:\n  fltoolkit check data_samples/norvia_lfs_2025/survey.yaml\n  fltoolkit batch data_samples/batch.yaml",
    )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="what the data say of themselves, before any estimate", formatter_class=RAW,
        epilog="example:\n  fltoolkit check my_survey/survey.yaml",
    )  # fmt: skip
    check.add_argument("survey", type=Path, help="a survey.yaml")
    check.set_defaults(run=_check)
    estimate = commands.add_parser(
        "estimate", help="one survey through the notebooks", formatter_class=RAW,
        epilog="examples:\n  fltoolkit estimate my_survey/survey.yaml\n"
        "  fltoolkit estimate my_survey/survey.yaml --plan my_survey/nap.yaml --outputs results",
    )  # fmt: skip
    estimate.add_argument("survey", type=Path, help="a survey.yaml")
    estimate.add_argument("--plan", type=Path, help="a nap.yaml, whose baseline is filled")
    estimate.add_argument("--outputs", type=Path, default=Path("outputs"), help="where results go (default: outputs)")
    estimate.add_argument(
        "--restricted",
        action="store_true",
        help="also write restricted/estimates_full.csv, nothing suppressed: not for publication",
    )
    estimate.set_defaults(run=_estimate)
    batch = commands.add_parser(
        "batch", help="many surveys through the notebooks", formatter_class=RAW,
        epilog="example:\n  fltoolkit batch data_samples/batch.yaml --workers 2",
    )  # fmt: skip
    batch.add_argument("batch", type=Path, help="a batch.yaml")
    batch.add_argument("--workers", type=int, default=2, help="surveys at the same time (default: 2)")
    batch.set_defaults(run=_batch)
    refresh = commands.add_parser(
        "refresh", help="run notebooks where they stand and store their outputs", formatter_class=RAW,
        epilog="example:\n  fltoolkit refresh notebooks",
    )  # fmt: skip
    refresh.add_argument("folder", type=Path, help="a folder of notebooks")
    refresh.set_defaults(run=_refresh)
    schema = commands.add_parser(
        "schema", help="write the JSON Schemas of survey.yaml, nap.yaml, batch.yaml and rule sets, for editors", formatter_class=RAW,
        epilog="example:\n  fltoolkit schema docs/schema",
    )  # fmt: skip
    schema.add_argument("folder", type=Path, help="where to write them")
    schema.set_defaults(run=_schema)
    return parser


def _check(parsed: argparse.Namespace) -> int:
    import fltoolkit as fl

    survey = fl.read_survey(parsed.survey)
    found = fl.check(survey)
    _print_findings(found.to_dict("records"))
    if (found["severity"] == "error").any():
        print("Errors stop the estimate: mend them, then check again.")
        return 1
    persons = fl.classify(survey)
    cases = fl.check_cases(persons)
    _print_findings(cases.to_dict("records"))
    if (cases["severity"] == "error").any():
        print("Errors stop the estimate: mend them, then check again.")
        return 1
    print(f"{survey.spec.title}: no errors; {len(found) + len(cases)} other finding(s).")
    return 0


def _print_findings(rows: list[dict[Hashable, Any]]) -> None:
    for row in rows:
        print(f"{str(row['severity']).upper():<8}{row['where']}: {row['what']} [{row['count']}]\n        {row['do']}")


def _estimate(parsed: argparse.Namespace) -> int:
    from fltoolkit.batch import make_run, run_surveys

    run = make_run(parsed.survey.resolve(), parsed.plan.resolve() if parsed.plan else None)
    passed = run_surveys([run], parsed.outputs.resolve(), workers=1)
    if passed and parsed.restricted:
        _restricted(parsed, parsed.outputs / run.name / "restricted")
    return 0 if passed else 1


def _restricted(parsed: argparse.Namespace, folder: Path) -> None:
    """Everything as estimated, nothing suppressed, for those who may see it; no page links it."""
    import fltoolkit as fl
    from fltoolkit.estimate.publish import restricted

    persons = fl.classify(fl.read_survey(parsed.survey))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "estimates_full.csv"
    restricted(persons, plan=fl.read_plan(parsed.plan) if parsed.plan else None).to_csv(target, index=False, lineterminator="\n")
    print(f"RESTRICTED: {target} holds confidential numbers. It is not for publication.")


def _batch(parsed: argparse.Namespace) -> int:
    from fltoolkit.batch import run_batch

    return 0 if run_batch(parsed.batch, workers=parsed.workers) else 1


def _refresh(parsed: argparse.Namespace) -> int:
    from fltoolkit.notebooks import refresh

    refresh(parsed.folder)
    return 0


def _schema(parsed: argparse.Namespace) -> int:
    import json

    from fltoolkit.batch import Batch
    from fltoolkit.classify.rules import RuleSet
    from fltoolkit.nap import Plan
    from fltoolkit.survey.spec import SurveySpec

    parsed.folder.mkdir(parents=True, exist_ok=True)
    for name, model in (("survey", SurveySpec), ("nap", Plan), ("batch", Batch), ("rules", RuleSet)):
        text = json.dumps(model.model_json_schema(), indent=1, ensure_ascii=False, sort_keys=True)
        (parsed.folder / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
