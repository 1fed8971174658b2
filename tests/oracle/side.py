"""Runs one commit of the kit on the inputs, and keeps all files and all words that it gives: `python side.py INPUTS KEPT`, with
that commit first on the path. It calls only what is public, and imports nothing else of the tests: the base has others."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import fltoolkit as fl

CODE = Path(fl.__file__).parents[1]
INPUTS, KEPT = (Path(argument).resolve() for argument in sys.argv[1:3])
WORKERS = 2
EVERY = 50  # calls between two lines of progress
PLACES = {str(INPUTS): "INPUTS", str(KEPT): "KEPT", str(CODE): "CODE"}
# With the population and the groups of a survey. Numbers of persons that are not yet published have all their digits here.
VERBS = ("prevalence", "total", "stock", "current", "duration", "profile")
GROUPS = 4  # of a survey, in its order
COMMANDS = (
    "start", "new", "questionnaire", "check", "estimate", "batch", "nap", "lab", "class", "refresh", "schema",
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    """Something that the kit is asked, and the name of the file that keeps its answer."""

    name: str
    ask: Callable[..., object]
    words: tuple[str, ...]


def command(*words: str) -> str:
    """Gives a command of the command line, whose entry is named by pyproject.toml."""
    entry = tomllib.loads((CODE / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]["fltoolkit"]
    module, _, function = entry.partition(":")
    return f"ended with {getattr(importlib.import_module(module), function)(list(words))}"


def keep(call: Call) -> None:
    """Writes what a call prints, returns and raises. Places of this run are masked, nothing else."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        print(outcome(lambda: call.ask(*call.words)))
    _write(f"said/{call.name}.txt", said.getvalue())


def outcome(ask: Callable[[], object]) -> object:
    """Returns what a call returns, or the words of what it raises."""
    try:
        return ask()
    except SystemExit as end:
        return f"ended with {end.code}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _write(name: str, text: str) -> None:
    for place, word in PLACES.items():
        text = text.replace(place, word)
    (KEPT / name).parent.mkdir(parents=True, exist_ok=True)
    (KEPT / name).write_text(text, "utf-8")


def names() -> str:
    """Returns every public name: functions with their signatures, classes with the names of their methods and properties."""
    return "\n".join(_names("fl", fl))


def _names(path: str, module: ModuleType) -> Iterator[str]:
    own = [
        name
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__
    ]
    for name in sorted(getattr(module, "__all__", own)):
        thing = getattr(module, name)
        if isinstance(thing, ModuleType):
            yield from _names(f"{path}.{name}", thing)
        elif inspect.isclass(thing):
            called = "Args:" in (thing.__doc__ or "")  # by people; others come from a function
            yield f"{path}.{name}{inspect.signature(thing) if called else ''}"
            yield from (f"{path}.{name}.{part}" for part in dir(thing) if not part.startswith("_"))
        elif not name.startswith("_"):
            yield f"{path}.{name}{inspect.signature(thing)}"


def numbers(survey: str) -> str:
    """Returns numbers of a survey that are not published, and what the kit says where it gives none."""
    persons = fl.classify(fl.read_survey(survey))
    lines = []
    for verb, words, keys in _verbs(list(persons.spec.populations), list(persons.spec.groups)[:GROUPS]):
        answer = outcome(partial(_ask, verb, persons, *words, **keys))
        lines += [f"{verb} {words} {keys}", _digits(getattr(answer, "table", answer))]
    return "\n".join(lines)


def _verbs(populations: list[str], groups: list[str]) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Yields names of `fl`, each with the arguments that follow the persons."""
    yield "describe", [], {}
    for population in populations:
        whom = {"population": population}
        for verb in VERBS:
            for by in ([], *([group] for group in groups)):
                yield verb, [], {"by": by, **whom}
        yield "flowchart", [], whom
        for verb in ("share", "rao_scott"):
            yield verb, groups[:1], whom
        for penalty in ("none", "firth"):
            yield "logit", [f"forced_labour ~ {' + '.join(groups)}"], {"penalty": penalty, **whom}


def _ask(verb: str, *words: Any, **keys: Any) -> Any:
    return getattr(fl, verb)(*words, **keys)


def _digits(answer: Any) -> str:
    """Returns a table as CSV with nine significant digits: the order of a sum changes those after them."""
    return answer.round(12).to_csv(float_format="%.9g") if hasattr(answer, "to_csv") else str(answer)


def draft(data: str) -> str:
    """Drafts the survey.yaml of a data file, which must stand beside the data, and returns it. The inputs stay as they were."""
    target = Path(data).with_suffix(".draft.yaml")
    ended = command("new", data, "--out", str(target))
    text = target.read_text("utf-8")
    target.unlink()
    return f"{ended}\n{text}"


def questionnaire() -> str:
    """Makes the form and the survey.yaml of a questionnaire."""
    shutil.copytree(INPUTS / "questionnaire", KEPT / "questionnaire")
    return command("questionnaire", str(KEPT / "questionnaire"))


def published(survey: str) -> str:
    """Returns what a broken input comes to: its error, or the headline."""
    return str(fl.show.headline(fl.publish_run(fl.classify(fl.read_survey(survey)))))


def calls() -> Iterator[Call]:
    """Yields what is asked, the longest first."""
    surveys = sorted((INPUTS / "batch").glob("*/survey.yaml"))
    for survey in surveys:
        yield Call(f"numbers/{survey.parent.name}", numbers, (str(survey),))
    for survey in surveys:
        yield Call(f"check/{survey.parent.name}", command, ("check", str(survey)))
    for data in sorted([*(INPUTS / "drafts").iterdir(), *(INPUTS / "batch").glob("*/*.*")]):
        if data.suffix in (".csv", ".sav", ".dta"):
            yield Call(f"new/{data.parent.name}_{data.stem}", draft, (str(data),))
    for folder in sorted((INPUTS / "broken").iterdir()):
        survey = str(folder / "survey.yaml")
        yield Call(f"broken/{folder.name} check", command, ("check", survey))
        yield Call(f"broken/{folder.name} published", published, (survey,))
    for plan in sorted([*(INPUTS / "plans").glob("*/nap.yaml"), *(INPUTS / "batch").glob("*/nap.yaml")]):
        yield Call(f"nap check/{plan.parent.name}", command, ("nap", "check", str(plan)))
    yield Call("schema", command, ("schema", str(KEPT / "schema")))
    yield Call("questionnaire", questionnaire, ())
    yield Call("names", names, ())
    yield Call("help", command, ("--help",))
    for name in COMMANDS:
        yield Call(f"help/{name}", command, (name, "--help"))


def run_batch() -> None:
    """Runs the surveys through the notebooks, and keeps the files and the lines that are said."""
    words = [
        "batch", str(INPUTS / "batch" / "batch.yaml"), "--workers", str(WORKERS), "--private", str(KEPT / "private"),
    ]  # fmt: skip
    lines = []
    with subprocess.Popen(
        [sys.executable, __file__, str(INPUTS), str(KEPT), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        for line in running.stdout or ():
            lines.append(line)
            print(line, end="", flush=True)
    # A kernel says now and then, with a line of its own, that it was interrupted at its end.
    said = (line for line in lines if not line.startswith("[IPKernelApp]"))
    in_any_order = sorted(re.sub(r"done \(\d+ of", "done (N of", line) for line in said)
    _write("said/batch.txt", "".join(in_any_order))
    (INPUTS / "outputs").rename(KEPT / "outputs")


def main() -> None:
    """Runs the batch, then all calls. With further words on the command line it gives them as a command, and no more."""
    if sys.argv[3:]:
        print(command(*sys.argv[3:]))
        return
    began = time.perf_counter()
    run_batch()
    asked = list(calls())
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        for number, _ in enumerate(pool.map(keep, asked), 1):
            if number % EVERY == 0:
                print(f"{number} of {len(asked)} calls, {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
