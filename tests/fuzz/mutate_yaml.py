"""Mutants of survey.yaml: codes, columns, keys, kinds of values, and the text itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from .cases import Case

CODES = [1, 2, 3, 7, 8, 9, "01", "1.0", "x", "Ja", 999, 0, -1]
ODD: list[Any] = [
    None,
    "",
    "NO",
    "1e3",
    -1,
    0,
    10**30,
    2.5,
    True,
    [],
    {},
    [[]],
    [{}],
    {"a": {"b": {"c": 1}}},
    "2025-02-30",
    "é" * 40,
    ["a", "b", "c"],
    ".inf",
    "nan",
    "a\x07b",
    "=1+1",
    " ",
    "*",
    "{1..3}",
]
WORDS = [
    "weigth",
    "columns",
    "path",
    "label",
    "missing",
    "x",
    "1",
    "stage",
    "fpc",
    "where",
    "yes",
    "max",
    "form",
    "months",
    "codes",
]
Path = tuple[Any, ...]


def nodes(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every key and element, with the value below it."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(pairs):
        yield (*path, key), value
        yield from nodes(value, (*path, key))


def at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def put(tree: Any, path: Path, value: Any) -> None:
    at(tree, path[:-1])[path[-1]] = value


def columns(case: Case) -> list[str]:
    return list(dict.fromkeys(name for sheet in case.sheets.values() for name in sheet.header))


def _any(case: Case, rng: random.Random, test: Callable[[Path, Any], bool]) -> Path:
    found = [path for path, value in nodes(case.spec) if test(path, value)]
    return rng.choice(found) if found else ("title",)


def _note(case: Case, path: Path) -> None:
    case.touched.append(".".join(str(step) for step in path if not isinstance(step, int)))


def another_code(case: Case, rng: random.Random) -> str:
    """A code of a question, the module, a gate, an age or a condition is another, or one more."""
    kinds = {"yes", "no", "dont_know", "refused", "answered", "not_asked", "missing", "asked", "skipped"}
    path = _any(
        case, rng, lambda p, v: p[-1] in kinds or "where" in p[:-1] or (p[0] == "answers" and len(p) == 2)
    )
    old, new = at(case.spec, path), rng.choice(CODES)
    both = old if isinstance(old, list) else [old]
    put(case.spec, path, rng.choice([new, [*both, new], [new], str(old)]))
    _note(case, path)
    return f"code of {path[-1] if path[-1] in kinds else path[0]}"


def group_code(case: Case, rng: random.Random) -> str:
    """A code of a group goes, comes, or has another label."""
    groups = [
        g
        for g in case.spec.get("groups", {}).values()
        if isinstance(g, dict) and isinstance(g.get("codes"), dict)
    ]
    if not groups:
        return "nothing"
    codes = rng.choice(groups)["codes"]
    how = rng.choice(["drop", "add", "label", "swap", "odd label"])
    chosen = rng.choice(list(codes)) if codes else 1
    if how == "drop":
        codes.pop(chosen, None)
    elif how == "add":
        codes[rng.choice(CODES)] = rng.choice(["north", "others", "men"])
    elif how == "odd label":
        codes[chosen] = rng.choice(
            ["²", "--5", "=1+1", "total", "not stated", "a × b", "1", " men ", "é" * 60, "NaN", "5-9"]
        )
    else:
        values = list(codes.values())
        codes[chosen] = values[-1] if how == "label" else values[0]
    _note(case, ("groups", "codes"))
    return f"group's code: {how}"


def another_column(case: Case, rng: random.Random) -> str:
    """A key names another column: of the data, or of none."""
    known = set(columns(case))
    path = _any(case, rng, lambda p, v: isinstance(v, str) and v in known)
    old = str(at(case.spec, path))
    kind = rng.choice(["other", "other", "other", "free text", "none", "small letters"])
    new = {
        "other": rng.choice(sorted(known)),
        "free text": rng.choice(["NAME", "PHONE", "HH"]),
        "none": "NOWHERE",
        "small letters": old.lower(),
    }[kind]
    put(case.spec, path, new)
    _note(case, path)
    return f"column of {path[0]}: {kind}"


def drop_key(case: Case, rng: random.Random) -> str:
    """A key goes."""
    path = _any(case, rng, lambda p, v: True)
    del at(case.spec, path[:-1])[path[-1]]
    _note(case, path)
    return f"drop {path[0]}"


def add_key(case: Case, rng: random.Random) -> str:
    """A key comes, known or unknown."""
    holders = [((), case.spec), *((p, v) for p, v in nodes(case.spec) if isinstance(v, dict))]
    path, holder = rng.choice(holders)
    holder[rng.choice(WORDS)] = rng.choice([1, "x", "SEX", [], {}, True])
    _note(case, (*path, "new key"))
    return f"add to {path[0] if path else 'the top'}"


def ages(case: Case, rng: random.Random) -> str:
    """Age limits of populations, bands, the highest age."""
    kind = rng.choice(["min", "max", "bands", "highest", "missing"])
    value: Any = rng.choice([0, 15, 18, 22, 25, 41, 65, 90, -5])
    if kind in ("min", "max"):
        name = rng.choice(list(case.spec["populations"]))
        case.spec["populations"][name].setdefault("age", {})[kind] = value
    elif kind == "bands":
        case.spec["groups"]["age_group"] = {
            "bands": rng.choice(
                [[18, 25], [30], [40, 20], [], [15, 15], ["a"], 18, [18, 22, 35, 60], [0, 120]]
            )
        }
        case.by = [["age_group"]]
    elif kind == "highest":
        case.spec["age"]["max"] = rng.choice([60, 100, 999, 1000, 0])
    else:
        case.spec["age"]["missing"] = rng.choice([[], [999, 67], 99, [999, "x"]])
    _note(case, ("age", kind))
    return f"ages: {kind}"


def design(case: Case, rng: random.Random) -> str:
    """How the sample was drawn: another rule for lonely PSUs, other strata and PSUs, nested or not."""
    choices: list[tuple[str, list[Any]]] = [
        ("single_psu", ["fail", "certainty", "remove", "adjust", "average", "adjusted", "", ["adjust"]]),
        ("nest", [True, False, "yes", "no", 1, "maybe"]),
        ("strata", ["S", ["S", "SEX"], [], "REGION", ["S", "S"], None]),
        ("psu", ["P", "HH", "LINE", None, ["P"]]),
        ("weights", ["gross_up", "normalised", "normal"]),
        ("selection", ["pps", "srs", "systematic", "random"]),
        ("weight", ["W", "AGE", "LINE", "SEX"]),
        ("design_effect_at_zero_cases", [1, 1.5, 0.5, "x"]),
        ("psus_of_earlier_rounds", ["kept", "new", "some"]),
    ]  # fmt: skip
    key, values = rng.choice(choices)
    case.spec["design"][key] = rng.choice(values)
    if key in ("strata", "psu", "nest") and rng.random() < 0.6:
        case.spec["design"] |= {"single_psu": rng.choice(["adjust", "remove", "average"]), "nest": True}
    _note(case, ("design", key))
    return f"design.{key}"


def condition(case: Case, rng: random.Random) -> str:
    """Whom a population is of."""
    where: Any = rng.choice([
        {"SEX": 1}, {"SEX": 7}, {"SEX": []}, {"REGION": [1, 2], "SEX": [1, "01"]}, {"WORK": 2}, {},
        {"NOWHERE": 1}, [], "SEX", {"NAME": "x"}, {"AGE": [34, 41]},
    ])  # fmt: skip
    case.spec["populations"][rng.choice(list(case.spec["populations"]))]["where"] = where
    _note(case, ("populations", "where"))
    return "populations.where"


def file_keys(case: Case, rng: random.Random) -> str:
    """Where the files are, and how they are said to be written."""
    person = case.spec["files"][rng.choice(list(case.spec["files"]))]
    name = next(iter(case.sheets))
    choices: list[tuple[str, list[Any]]] = [
        ("delimiter", [",", ";", "\t", "|", ",,", "x", "", "\\t"]),
        ("decimal", [".", ",", "comma", ";"]),
        (
            "encoding",
            ["utf-8", "cp1252", "latin-1", "utf-16", "ascii", "klingon", "rot13", "hex", "UTF8", "cp1251"],
        ),
        ("weight_factor", [[1], [0.5], [0.5, 0.5], 1, [], ["x"], [-1], [0]]),
        (
            "path",
            [
                [name, name],
                "nowhere.csv",
                "../persons.csv",
                [],
                ".",
                f"./{name}",
                "a\0b",
                [f"{name}"],
                "persons.xyz",
                f"{name}*",
            ],
        ),
        (
            "key",
            [
                ["HH", "LINE"],
                "HH",
                ["HH", "HH"],
                [],
                ["LINE", "HH"],
                ["NOWHERE"],
                "PHONE",
                ["HH", "LINE", "SEX"],
            ],
        ),
        ("prefix", ["", "H_", "fl__"]),
    ]
    key, values = rng.choice(choices)
    person[key] = rng.choice(values)
    _note(case, ("files", key))
    return f"files: {key}"


def wrong_kind(case: Case, rng: random.Random) -> str:
    """A value of another kind where one of this kind is due."""
    path = _any(case, rng, lambda p, v: True)
    value = rng.choice(ODD)
    put(case.spec, path, value)
    _note(case, path)
    return f"odd value in {path[0]}: {type(value).__name__}"


def question(case: Case, rng: random.Random) -> str:
    """What a question on an item says of itself."""
    side = rng.choice(["involuntary", "coercion"])
    items = case.spec["items"].get(side) or {}
    item = rng.choice([*items, "debt_bondage", "other_employers", "no_item"])
    column = rng.choice(["INV1", "INV2", "COE1", "COE2", "WORK", "SEX"])
    gate = {
        "column": rng.choice(["GATE", "WORK", ["GATE", "WORK"], "SEX"]),
        "asked": 1,
        "skipped": rng.choice([2, [2, 8], [], 1]),
    }
    items[item] = rng.choice(
        [
            column,
            [column, "COE2"],
            [],
            {"column": column, "yes": 2, "no": 1},
            {"column": column, "yes": [1, 8]},
            {"column": column, "routing": gate},
            {"column": column, "no": []},
            {"column": column, "not_applicable": 9, "refused": []},
            {"yes": 1},
            {"column": column, "mode": "heard of"},
            {"column": column, "refused": [], "not_applicable": 9, "not_applicable_means": "no"},
            {"column": column, "dont_know": 8, "refused": 9, "yes": 1, "no": 2},
            {"column": column, "routing": {"all": [gate, {"any": [{"column": "COE1", "asked": 1}, gate]}]}},
            rng.choice(
                [
                    {"column": column, "blank": "no", "why": "a box"},
                    {"column": column, "contains": 1, "no": [0, 2, 8, 9]},
                ]
            ),
        ]
    )
    case.spec["items"][side] = rng.choice([items, items, items, items, {}])
    _note(case, ("items", side))
    return "question"


def asked_of_it(case: Case, rng: random.Random) -> str:
    """Another measure, breakdown or population."""
    case.by = rng.choice(
        [
            [[]],
            [["sex"]],
            [[], ["sex"], ["region"]],
            [["sex", "region"]],
            [["sex"], ["sex", "age_group"]],
            [["nowhere"]],
            [["age_group"]],
        ]
    )
    case.measure, case.population = (
        rng.choice(["prevalence", "total"]),
        rng.choice([None, "adults", "workers", "nobody"]),
    )
    case.touched.append("request")
    return "what is asked"


def as_text(case: Case, rng: random.Random) -> str:
    """The text of survey.yaml itself: what an editor, a merge or a bad copy does to it."""
    text = case.dumped().decode()
    lines = text.split("\n")
    spot = rng.randrange(1, len(lines) - 1)
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    kind, new = rng.choice(
        [
            ("a key twice", "\n".join([*lines, "title: Another"])),
            ("an alias", text.replace("sex:\n", "sex: &s\n", 1) + "round: &r one\n"),
            ("an alias bomb", text + bomb),
            ("nested 300 deep", text + "round: " + "[" * 300 + "]" * 300 + "\n"),
            ("a tab", text.replace("  ", "\t", 1)),
            ("cut", text[: len(text) * spot // len(lines)]),
            ("byte order mark", "\ufeff" + text),
            ("CRLF", text.replace("\n", "\r\n")),
            ("empty", ""),
            ("only a comment", "# nothing\n"),
            ("a list", "- a\n- b\n"),
            ("a word", "survey"),
            ("two documents", text + "---\n" + text),
            ("a line gone", "\n".join(lines[:spot] + lines[spot + 1 :])),
            ("a line twice", "\n".join([*lines[:spot], lines[spot], *lines[spot:]])),
            ("an indent", "\n".join([*lines[:spot], " " + lines[spot], *lines[spot + 1 :]])),
            ("a tag", text.replace("title: ", "title: !!python/object/apply:os.getcwd [] #", 1)),
            ("a circle", text + "round: &r [*r]\n"),
            ("a merge", text + "round:\n  <<: {a: 1}\n"),
            ("a comment", text.replace("\n", " # so it is\n", 3)),
            ("NUL", text[:40] + "\0" + text[40:]),
            ("5,000 digits", text.replace("year: 2025", "year: " + "9" * 5000)),
        ]
    )
    case.text = new.encode("utf-8")
    case.touched.append("text")
    return f"text: {kind}"


YAML = (
    another_code,
    another_code,
    group_code,
    another_column,
    another_column,
    drop_key,
    add_key,
    ages,
    ages,
    design,
    design,
    condition,
    file_keys,
    wrong_kind,
    question,
    question,
    asked_of_it,
    as_text,
)
