"""Defines the commands of the command line, such as the check of a survey, its estimates, or a batch of
surveys. `fltoolkit COMMAND --help` shows examples."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fltoolkit import commands as run
from fltoolkit.classify.rule_set import shipped_rules
from fltoolkit.errors import FltoolkitError
from fltoolkit.files import file_error, known_encoding
from fltoolkit.languages.word_files import BASE, shipped_languages
from fltoolkit.memory import collect_garbage_less_often
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.run.printable_errors import defect, printable_text
from fltoolkit.terminal import lost_output, say

STOPPED = 130  # the exit code that shells use: 128 plus the number of the signal
RAW = argparse.RawDescriptionHelpFormatter
PRIVATE = "only staff with access to personal data may be able to read it"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of the command line, such as `fltoolkit check`.

    Args:
        arguments: the arguments of the command line. None means the arguments with which this program was
            started; the program then ends after the command.

    Returns:
        The exit code of the command: 0 if all is well, 1 if a survey failed or has errors, if the output could
            not be written, or if the kit has a defect, 2 if the call or a file is wrong, and 130 if the user
            stopped the command.
    """
    try:
        parsed = _parser().parse_args(arguments)
    except SystemExit as end:  # the help or an error was printed
        raise SystemExit(_exit_code(int(end.code or 0))) from None
    if arguments is None:
        collect_garbage_less_often()
    try:
        with _sigterm_as_ctrl_c(for_good=arguments is None):
            return _exit_code(int(parsed.run(parsed)))
    except (FltoolkitError, OSError, MemoryError, ModuleNotFoundError) as error:
        say(printable_text(error), error=True)
        return 2
    except KeyboardInterrupt:
        return STOPPED
    except Exception as error:
        say(defect(error), error=True)
        return 1


def _exit_code(code: int) -> int:
    """Returns the exit code of a command whose work ended with `code`. It is not 0 if something could not be
    printed, for example because the disk of the file is full that takes the output."""
    if not (error := lost_output()):
        return code
    why = file_error(error)
    say(f"Not all of the output was written: {why.problem}; {why.do}", error=True)
    return code or 1


@contextmanager
def _sigterm_as_ctrl_c(*, for_good: bool) -> Iterator[None]:
    """Within this context, a request to end the program (SIGTERM) does the same as Ctrl-C.

    Args:
        for_good: whether the program ends after this context. Ctrl-C then also stops Python's clean-up at the
            end. If False, this context changes nothing.
    """
    before = signal.getsignal(signal.SIGTERM)
    try:
        if for_good:
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        yield
    finally:
        if for_good:
            signal.signal(signal.SIGTERM, before)
            signal.signal(signal.SIGINT, signal.SIG_DFL)


class _Parser(argparse.ArgumentParser):
    """The parser of the command line (argparse). Its help and errors can be printed on every terminal, even
    on one that lacks some letters."""

    def _print_message(self, message: str, file: Any = None) -> None:
        say(message.rstrip("\n"), error=file is None or file is sys.stderr)


def _path(text: str) -> Path:
    """Returns a path. Refuses a blank text, for example from a script's variable that is not set, because
    Python would read it as the working folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is blank; name a file or folder (the working folder is .)")
    return Path(text)


def _encoding(text: str) -> str:
    """Returns the name of a text encoding. Refuses a name that Python does not know."""
    try:
        return known_encoding(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is {error}") from None


def _workers(text: str) -> int:
    """Returns the number of surveys that may run at the same time. Refuses a text that is not a whole number
    of 1 or more."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="fltoolkit",
        description="Forced labour from labour force surveys: check, estimate, baseline.",
        formatter_class=RAW,
        epilog=(
            "example:\n  fltoolkit check data_samples/norvia_lfs_2025/survey.yaml\n"
            "  fltoolkit batch data_samples/batch.yaml"
        ),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    start = commands.add_parser(
        "start",
        help="make a folder to work in: notebooks, samples, documentation, a batch.yaml",
        formatter_class=RAW,
        epilog="example:\n  fltoolkit start my_project",
    )
    start.add_argument("folder", type=_path, help="a new or empty folder; no file is overwritten")
    start.set_defaults(run=run.start)
    new = commands.add_parser(
        "new",
        help="draft a survey.yaml from a data file's own labels",
        formatter_class=RAW,
        epilog="examples:\n  fltoolkit new my_survey/persons.sav\n"
        "  fltoolkit new my_survey/data/persons.csv --out my_survey/survey.yaml --encoding cp1252",
    )
    new.add_argument("data", type=_path, help="CSV, Parquet, SPSS (.sav, .zsav) or Stata (.dta)")
    new.add_argument(
        "--out",
        type=_path,
        help="the file to write (default: survey.yaml beside the data); never overwritten",
    )
    new.add_argument(
        "--encoding",
        type=_encoding,
        help="encoding of a file that is not UTF-8 and does not name its own, such as cp1252",
    )
    new.set_defaults(run=run.new)
    asked = commands.add_parser(
        "questionnaire",
        help="write the XLSForm of a questionnaire.yaml, and the survey.yaml that reads its answers",
        formatter_class=RAW,
        epilog=(
            "examples:\n  fltoolkit questionnaire docs/questionnaire\n"
            "  fltoolkit questionnaire my_survey --languages fr"
        ),
    )
    asked.add_argument(
        "folder", type=_path, help="the folder of questionnaire.yaml, a copy of docs/questionnaire"
    )
    asked.add_argument(
        "--languages",
        default="",
        help="languages of the form, with commas; the first is the form's default (default: all)",
    )
    asked.set_defaults(run=run.questionnaire)
    check = commands.add_parser(
        "check",
        help="check the data before any estimate",
        formatter_class=RAW,
        epilog=(
            "examples:\n  fltoolkit check my_survey/survey.yaml\n"
            "  fltoolkit check my_survey/survey.yaml --private /secure/lfs"
        ),
    )
    check.add_argument("survey", type=_path, help="a survey.yaml")
    check.add_argument(
        "--language", choices=shipped_languages(), default=BASE, help="the language of the findings"
    )
    check.add_argument(
        "--show-values",
        action="store_true",
        help=(
            "print exact counts and all values of the data, also values that can identify a person: on "
            "a terminal only"
        ),
    )
    check.add_argument(
        "--private",
        default="",
        metavar="FOLDER",
        help=f"also write the keys of the rows behind findings to this folder; {PRIVATE}",
    )
    check.add_argument(
        "--name", default="", help="name of the survey's folder in it (default: the folder of survey.yaml)"
    )
    check.add_argument(
        "--before",
        type=_path,
        help="the earlier round's survey.yaml: also say what could prevent a comparison",
    )
    check.set_defaults(run=run.check)
    estimate = commands.add_parser(
        "estimate",
        help="run one survey through the notebooks",
        formatter_class=RAW,
        epilog="examples:\n  fltoolkit estimate my_survey/survey.yaml\n"
        "  fltoolkit estimate my_survey/survey.yaml --plan my_survey/nap.yaml --outputs results\n"
        "  fltoolkit estimate my_survey/survey.yaml --profile nchs_2017\n"
        "  fltoolkit estimate 2027/data/survey.yaml --name lfs_2027\n"
        "  fltoolkit estimate my_survey/survey.yaml --private /secure/lfs --restricted",
    )
    estimate.add_argument("survey", type=_path, help="a survey.yaml")
    estimate.add_argument("--plan", type=_path, help="a nap.yaml; the survey fills its baseline")
    estimate.add_argument(
        "--before", type=_path, help="the survey.yaml of an earlier round, to show the change since then"
    )
    estimate.add_argument(
        "--outputs", type=_path, default=Path("outputs"), help="where results go (default: outputs)"
    )
    estimate.add_argument(
        "--profile",
        help=(
            f"rules for the estimates that may be shown: {', '.join(shipped_publication_profiles())}, "
            "or a YAML file beside survey.yaml (default: fltoolkit)"
        ),
    )
    estimate.add_argument(
        "--rules",
        help=(
            f"rule set, what counts as forced labour: {', '.join(shipped_rules())}, or a YAML file beside "
            "survey.yaml (default: icls_2018)"
        ),
    )
    estimate.add_argument(
        "--name",
        default="",
        help="name of the folder of results in this folder (default: the folder of survey.yaml)",
    )
    _results(estimate)
    estimate.add_argument(
        "--restricted",
        action="store_true",
        help=(
            "also write estimates_full.csv, without suppression, into the private folder: not for publication"
        ),
    )
    estimate.set_defaults(run=run.estimate)
    batch = commands.add_parser(
        "batch",
        help="run many surveys through the notebooks",
        formatter_class=RAW,
        epilog="examples:\n  fltoolkit batch data_samples/batch.yaml --workers 2\n"
        "  fltoolkit batch data_samples/batch.yaml --resume\n"
        "  fltoolkit batch data_samples/batch.yaml --scheduler tcp://192.168.1.10:8786",
    )
    batch.add_argument("batch", help="a batch.yaml: its path, or its address (s3://…; docs/batch.md)")
    where = batch.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=_workers,
        default=2,
        help="how many surveys run at the same time on this machine (default: 2)",
    )
    where.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="address of a Dask scheduler; its workers then run the surveys (docs/batch.md)",
    )
    where.add_argument(
        "--only",
        default="",
        metavar="NAME",
        help=(
            "run one survey of the batch; other machines may run others at the same time. Then run the "
            "batch with --resume to write the index"
        ),
    )
    batch.add_argument(
        "--resume",
        action="store_true",
        help=(
            "skip surveys that are complete and current (inputs, parameters, code, versions and results "
            "unchanged), and run the rest"
        ),
    )
    _results(batch)
    batch.set_defaults(run=run.batch)
    nap = commands.add_parser(
        "nap",
        help="check a plan, or read the entries of partners from its workbook",
        formatter_class=RAW,
        epilog=(
            "examples:\n  fltoolkit nap check my_survey/nap.yaml\n"
            "  fltoolkit nap read outputs/my_survey/nap_workbook.xlsx"
        ),
    )
    of_plan = nap.add_subparsers(required=True, metavar="COMMAND")
    plan = of_plan.add_parser(
        "check",
        help="check a nap.yaml before anything is run",
        formatter_class=RAW,
        epilog=(
            "examples:\n  fltoolkit nap check my_survey/nap.yaml\n"
            "  fltoolkit nap check plan/nap.yaml --survey my_survey/survey.yaml"
        ),
    )
    plan.add_argument("plan", type=_path, help="a nap.yaml")
    plan.add_argument(
        "--survey",
        type=_path,
        help="the survey.yaml that fills it (default: its baseline_survey, else survey.yaml beside it)",
    )
    plan.set_defaults(run=run.nap_check)
    read = of_plan.add_parser(
        "read",
        help="write the entries of partners to partners.yaml beside nap.yaml",
        formatter_class=RAW,
        epilog="examples:\n  fltoolkit nap read outputs/my_survey/nap_workbook.xlsx\n"
        "  fltoolkit nap read from_the_ministry.xlsx --plan my_survey/nap.yaml",
    )
    read.add_argument("workbook", type=_path, help="a nap_workbook.xlsx that partners filled in")
    read.add_argument(
        "--plan", type=_path, help="its nap.yaml (default: the one that run.json beside the workbook names)"
    )
    read.set_defaults(run=run.nap_read)
    lab = commands.add_parser(
        "lab",
        help="open the notebooks of a folder in JupyterLab",
        formatter_class=RAW,
        epilog=(
            "examples:\n  fltoolkit lab my_project\n"
            "  fltoolkit lab --jupyter=--no-browser --jupyter=--port=8889"
        ),
    )
    lab.add_argument("folder", type=_path, nargs="?", default=Path(), help="default: the working folder")
    _jupyter(lab, "such as --no-browser")
    lab.set_defaults(run=run.lab)
    room = commands.add_parser(
        "class",
        help="serve the teaching notebooks to a class; each learner has a folder (docs/class.md)",
        formatter_class=RAW,
        epilog="examples:\n  fltoolkit class my_class\n"
        "  fltoolkit class my_class --learners 12 --address 192.168.1.10\n"
        "  fltoolkit class my_class --jupyter=--ServerApp.certfile=room.pem "
        "--jupyter=--ServerApp.keyfile=room.key",
    )
    room.add_argument(
        "folder", type=_path, help="where the class's folders go; kept from one day to the next"
    )
    room.add_argument(
        "--learners", type=int, default=30, help="how many learners' folders to make (default: 30)"
    )
    room.add_argument(
        "--address",
        default="localhost",
        help="this machine's address in the room (default: localhost, this machine alone)",
    )
    room.add_argument("--port", type=int, default=8888, help="default: 8888")
    _jupyter(room, "such as a certificate")
    room.set_defaults(run=run.serve_class)
    refresh = commands.add_parser(
        "refresh",
        help="run notebooks in place and store their outputs",
        formatter_class=RAW,
        epilog="example:\n  fltoolkit refresh notebooks",
    )
    refresh.add_argument("folder", type=_path, help="a folder of notebooks")
    refresh.set_defaults(run=run.refresh)
    schema = commands.add_parser(
        "schema",
        help="write the JSON Schemas of every YAML file and of evidence.json",
        formatter_class=RAW,
        epilog="example:\n  fltoolkit schema docs/schema",
    )
    schema.add_argument("folder", type=_path, help="where to write them")
    schema.set_defaults(run=run.schema)
    return parser


def _jupyter(command: argparse.ArgumentParser, example: str) -> None:
    """Adds the option `--jupyter` to a command. Its values are passed on to JupyterLab. `example` is shown in
    the help of the option."""
    command.add_argument(
        "--jupyter",
        action="append",
        default=[],
        metavar="OPTION",
        help=f"an option for JupyterLab, {example}; may be repeated",
    )


def _results(command: argparse.ArgumentParser) -> None:
    """Adds the options `--replace` (for the folder of results) and `--private` (the private folder) to a
    command."""
    command.add_argument(
        "--replace", action="store_true", help="results of another country, year or round may be replaced"
    )
    command.add_argument(
        "--private",
        default="",
        metavar="FOLDER",
        help=(
            "also write the keys of the rows behind findings, and what is hidden and why, with a page "
            f"to sign, to this folder; {PRIVATE}"
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
