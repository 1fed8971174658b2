"""Defines the commands of the command line, such as the check of a survey, its estimates, or a batch of
surveys. `fltoolkit COMMAND --help` shows examples."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fltoolkit import commands as run
from fltoolkit.classify.rule_set import shipped_rules
from fltoolkit.errors import FltoolkitError
from fltoolkit.files import file_error, known_encoding
from fltoolkit.languages.word_files import BASE, shipped_languages
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.remembered_results import collect_garbage_less_often
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


Settings = dict[str, Any]  # of one argument, as argparse names them


def _file(help: str, **more: Any) -> Settings:
    return {"type": _path, "help": help, **more}


def _text(help: str, metavar: str | None = None) -> Settings:
    return {"default": "", "metavar": metavar, "help": help}


def _switch(help: str) -> Settings:
    return {"action": "store_true", "help": help}


def _of_jupyter(example: str) -> Settings:
    """Returns the settings of the option `--jupyter`, whose values are passed on to JupyterLab."""
    help = f"an option for JupyterLab, {example}; may be repeated"
    return {"action": "append", "default": [], "metavar": "OPTION", "help": help}


@dataclass(frozen=True)
class Command:
    """A command of the command line.

    Attributes:
        help: what it does, in one line.
        examples: how it is called, without the name of the program.
        run: the function that does its work; None if it has commands of its own.
        arguments: the settings of its arguments and options, by name.
        only_one: those options of which a call may have only one.
        commands: its own commands, by name.
    """

    help: str
    examples: Sequence[str]
    run: Callable[[argparse.Namespace], int] | None = None
    arguments: Mapping[str, Settings] = field(default_factory=dict)
    only_one: Sequence[str] = ()
    commands: Mapping[str, Command] = field(default_factory=dict)


RESULTS = {
    "--replace": _switch("results of another country, year or round may be replaced"),
    "--private": _text(
        "also write the keys of the rows behind findings, and what is hidden and why, with a page "
        f"to sign, to this folder; {PRIVATE}",
        "FOLDER",
    ),
}
COMMANDS = {
    "start": Command(
        "make a folder to work in: notebooks, samples, documentation, a batch.yaml",
        ["start my_project"],
        run.start,
        {"folder": _file("a new or empty folder; no file is overwritten")},
    ),
    "new": Command(
        "draft a survey.yaml from a data file's own labels",
        [
            "new my_survey/persons.sav",
            "new my_survey/data/persons.csv --out my_survey/survey.yaml --encoding cp1252",
        ],
        run.new,
        {
            "data": _file("CSV, Parquet, SPSS (.sav, .zsav) or Stata (.dta)"),
            "--out": _file("the file to write (default: survey.yaml beside the data); never overwritten"),
            "--encoding": {
                "type": _encoding,
                "help": "encoding of a file that is not UTF-8 and does not name its own, such as cp1252",
            },
        },
    ),
    "questionnaire": Command(
        "write the XLSForm of a questionnaire.yaml, and the survey.yaml that reads its answers",
        ["questionnaire docs/questionnaire", "questionnaire my_survey --languages fr"],
        run.questionnaire,
        {
            "folder": _file("the folder of questionnaire.yaml, a copy of docs/questionnaire"),
            "--languages": _text(
                "languages of the form, with commas; the first is the form's default (default: all)"
            ),
        },
    ),
    "check": Command(
        "check the data before any estimate",
        ["check my_survey/survey.yaml", "check my_survey/survey.yaml --private /secure/lfs"],
        run.check,
        {
            "survey": _file("a survey.yaml"),
            "--language": {
                "choices": shipped_languages(),
                "default": BASE,
                "help": "the language of the findings",
            },
            "--show-values": _switch(
                "print exact counts and all values of the data, also values that can identify a person: on "
                "a terminal only"
            ),
            "--private": _text(
                f"also write the keys of the rows behind findings to this folder; {PRIVATE}", "FOLDER"
            ),
            "--name": _text("name of the survey's folder in it (default: the folder of survey.yaml)"),
            "--before": _file("the earlier round's survey.yaml: also say what could prevent a comparison"),
        },
    ),
    "estimate": Command(
        "run one survey through the notebooks",
        [
            "estimate my_survey/survey.yaml",
            "estimate my_survey/survey.yaml --plan my_survey/nap.yaml --outputs results",
            "estimate my_survey/survey.yaml --profile nchs_2017",
            "estimate 2027/data/survey.yaml --name lfs_2027",
            "estimate my_survey/survey.yaml --private /secure/lfs --restricted",
        ],
        run.estimate,
        {
            "survey": _file("a survey.yaml"),
            "--plan": _file("a nap.yaml; the survey fills its baseline"),
            "--before": _file("the survey.yaml of an earlier round, to show the change since then"),
            "--outputs": _file("where results go (default: outputs)", default=Path("outputs")),
            "--profile": {
                "help": f"rules for the estimates that may be shown: {', '.join(shipped_publication_profiles())}, "
                "or a YAML file beside survey.yaml (default: fltoolkit)"
            },
            "--rules": {
                "help": f"rule set, what counts as forced labour: {', '.join(shipped_rules())}, or a YAML file "
                "beside survey.yaml (default: icls_2018)"
            },
            "--name": _text(
                "name of the folder of results in this folder (default: the folder of survey.yaml)"
            ),
            **RESULTS,
            "--restricted": _switch(
                "also write estimates_full.csv, without suppression, into the private folder: not for "
                "publication"
            ),
        },
    ),
    "batch": Command(
        "run many surveys through the notebooks",
        [
            "batch data_samples/batch.yaml --workers 2",
            "batch data_samples/batch.yaml --resume",
            "batch data_samples/batch.yaml --scheduler tcp://192.168.1.10:8786",
        ],
        run.batch,
        {
            "batch": {"help": "a batch.yaml: its path, or its address (s3://…; docs/batch.md)"},
            "--workers": {
                "type": _workers,
                "default": 2,
                "help": "how many surveys run at the same time on this machine (default: 2)",
            },
            "--scheduler": _text(
                "address of a Dask scheduler; its workers then run the surveys (docs/batch.md)", "ADDRESS"
            ),
            "--only": _text(
                "run one survey of the batch; other machines may run others at the same time. Then run the "
                "batch with --resume to write the index",
                "NAME",
            ),
            "--resume": _switch(
                "skip surveys that are complete and current (inputs, parameters, code, versions and results "
                "unchanged), and run the rest"
            ),
            **RESULTS,
        },
        only_one=["--workers", "--scheduler", "--only"],
    ),
    "nap": Command(
        "check a plan, or read the entries of partners from its workbook",
        ["nap check my_survey/nap.yaml", "nap read outputs/my_survey/nap_workbook.xlsx"],
        commands={
            "check": Command(
                "check a nap.yaml before anything is run",
                [
                    "nap check my_survey/nap.yaml",
                    "nap check plan/nap.yaml --survey my_survey/survey.yaml",
                ],
                run.nap_check,
                {
                    "plan": _file("a nap.yaml"),
                    "--survey": _file(
                        "the survey.yaml that fills it (default: its baseline_survey, else survey.yaml "
                        "beside it)"
                    ),
                },
            ),
            "read": Command(
                "write the entries of partners to partners.yaml beside nap.yaml",
                [
                    "nap read outputs/my_survey/nap_workbook.xlsx",
                    "nap read from_the_ministry.xlsx --plan my_survey/nap.yaml",
                ],
                run.nap_read,
                {
                    "workbook": _file("a nap_workbook.xlsx that partners filled in"),
                    "--plan": _file(
                        "its nap.yaml (default: the one that run.json beside the workbook names)"
                    ),
                },
            ),
        },
    ),
    "lab": Command(
        "open the notebooks of a folder in JupyterLab",
        ["lab my_project", "lab --jupyter=--no-browser --jupyter=--port=8889"],
        run.lab,
        {
            "folder": _file("default: the working folder", nargs="?", default=Path()),
            "--jupyter": _of_jupyter("such as --no-browser"),
        },
    ),
    "class": Command(
        "serve the teaching notebooks to a class; each learner has a folder (docs/class.md)",
        [
            "class my_class",
            "class my_class --learners 12 --address 192.168.1.10",
            "class my_class --jupyter=--ServerApp.certfile=room.pem --jupyter=--ServerApp.keyfile=room.key",
        ],
        run.serve_class,
        {
            "folder": _file("where the class's folders go; kept from one day to the next"),
            "--learners": {
                "type": int,
                "default": 30,
                "help": "how many learners' folders to make (default: 30)",
            },
            "--address": {
                "default": "localhost",
                "help": "this machine's address in the room (default: localhost, this machine alone)",
            },
            "--port": {"type": int, "default": 8888, "help": "default: 8888"},
            "--jupyter": _of_jupyter("such as a certificate"),
        },
    ),
    "refresh": Command(
        "run notebooks in place and store their outputs",
        ["refresh notebooks"],
        run.refresh,
        {"folder": _file("a folder of notebooks")},
    ),
    "schema": Command(
        "write the JSON Schemas of every YAML file and of evidence.json",
        ["schema docs/schema"],
        run.schema,
        {"folder": _file("where to write them")},
    ),
}


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="fltoolkit",
        description="Forced labour from labour force surveys: check, estimate, baseline.",
        formatter_class=RAW,
        epilog="example:\n  fltoolkit check data_samples/norvia_lfs_2025/survey.yaml\n"
        "  fltoolkit batch data_samples/batch.yaml",
    )
    _add_commands(parser, COMMANDS)
    return parser


def _add_commands(parser: argparse.ArgumentParser, commands: Mapping[str, Command]) -> None:
    named = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in commands.items():
        own = named.add_parser(
            name, help=command.help, formatter_class=RAW, epilog=_examples(command.examples)
        )
        one = own.add_mutually_exclusive_group() if command.only_one else own
        for argument, settings in command.arguments.items():
            (one if argument in command.only_one else own).add_argument(argument, **settings)
        own.set_defaults(run=command.run)
        if command.commands:
            _add_commands(own, command.commands)


def _examples(calls: Sequence[str]) -> str:
    return "\n".join(
        ["examples:" if len(calls) > 1 else "example:", *(f"  fltoolkit {call}" for call in calls)]
    )


if __name__ == "__main__":
    sys.exit(main())
