"""Tests the formulas of models: what a formula may have, that everything else is refused, and that nothing is
ever run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.models.model_formula import formula_of_categories, read_formula

FRAME = pd.DataFrame(
    {
        "case": [1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0],
        "sex": list("mfmfmfmfmfmm"),
        "age": [20, 20, 30, 30, 40, 40] * 2,
        "w": 1.0,
        'a"b': list("xxyyxxyyxyxy"),
        "a'b": list("xyxyxyxyxyxx"),
        "a:b~c": list("xxxyyyxxxyyy"),
        "[T.x]": list("xyyxyxxyxyyx"),
    }
)
DESIGN = fl.SurveyDesign(FRAME, weight="w")
RUN = "__import__('os').environ.update(FL_RAN='yes')"

HOSTILE = [
    RUN,
    f"sex + {RUN}",
    f"C({RUN})",
    f"I({RUN})",
    f"log({RUN})",
    f"C(sex, {RUN})",
    f"C(sex, Treatment({RUN}))",
    f"Q({RUN})",
    f"(lambda: {RUN})()",
    "lambda: 1",
    "I(lambda x: x)",
    f"[{RUN} for x in (1,)]",
    f"{{{RUN}: 1}}",
    f"I([x for x in (1, {RUN})])",
    f"f'{{{RUN}}}'",
    f"I(f'{{{RUN}}}')",
    "(x := age)",
    f"I((x := {RUN}))",
    "sex.__class__",
    "I(age.__class__.__bases__)",
    "__import__",
    "__builtins__",
    "().__class__.__bases__[0].__subclasses__()",
    "C.__globals__",
    "Treatment.__init__.__globals__['sys']",
    "Q.__closure__",
    "age[0]",
    "I(age[0])",
    "open('/etc/passwd').read()",
    "eval('1')",
    "exec('1')",
    "I(eval('1'))",
    "np.log(age)",
    "bs(age, df=3)",
    "C(sex, levels=['m'])",
    "C(*age)",
    "C(**age)",
    "log(*age)",
    "I(age if age else age)",
    "I(age and age)",
    "I(age < 3)",
    "I(not age)",
    "I(age @ age)",
    "I(age // 2)",
    "I(age % 2)",
    "I(age << 9)",
    "I(~age)",
    "I(9**9**9**9**9) + age",
    "I(9**9**9**9**9 * age)",
    "I(age ** 99999)",
    "I(1e999 * age)",
    "I(1" + "0" * 400 + " * age)",
    "I(1j * age)",
    "I(True * age)",
    "(" * 300 + "age" + ")" * 300,
    "-" * 3000 + "age",
    "I(" + "-" * 1000 + "age)",
    "not " * 900 + "age",
    "age" + " + age" * 900,
    "age:" * 900 + "age",
    "x" * 100_000,
    "*".join(f"x{i}" for i in range(40)),
    "age\0",
    "\0",
    "age; sex",
    f"age\n{RUN}",
    "age # sex",
    "age) + (sex",
    "ｅｖａｌ('1')",
    "ａｇｅ",
    "С(sex)",
    "аge",
    "age ~ sex",
    "~age",
    "age = 3",
    "yield age",
    "await age",
    "*age",
    "age, sex",
    "...",
    "None",
    "True",
    "'age'",
    "b'age'",
    "2",
    "2 * age",
    "age ** 2",
    "age / sex",
    "Q('')",
    "Q(b'age')",
    "Q(age)",
    "Q('age', 'sex')",
    "Q(name='age')",
    "C()",
    "C(sex, Poly)",
    "C(sex, Treatment('m', 'f'))",
    "C(sex, Treatment(wrong='m'))",
    "C(sex, 1)",
    "I()",
    "I(2)",
    "log(2)",
    "I(sex)",
    "log(sex)",
    "log(I(age - 20))",
    "I(1 / (age - 20))",
    "age +",
    "+",
    "sex $ age",
    "C(sex",
    "case",
    "Q('case')",
    "log(case + 1)",
    "sex:C(case)",
]


@pytest.mark.parametrize("terms", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_formula_is_refused_and_nothing_of_it_runs(
    terms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`eval` ran them: `__import__('os').system(…)` was a formula."""
    monkeypatch.delenv("FL_RAN", raising=False)

    def never(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("Python evaluated a part of the formula")

    monkeypatch.setattr("patsy.eval.EvalEnvironment.eval", never)
    with pytest.raises(RequestError) as error:
        fl.logit(DESIGN, f"case ~ {terms}")
    assert "FL_RAN" not in os.environ
    assert len(error.value.message) < 5_000 + 2 * len(terms)


@pytest.mark.parametrize(
    "outcome", ["case.x", "C(case)", "__import__('os')", "case + 1", "1", "", "case sex", "lambda"]
)
def test_the_left_side_is_the_name_of_a_column(outcome: str) -> None:
    with pytest.raises(RequestError):
        fl.logit(DESIGN, f"{outcome} ~ sex")


def test_a_refusal_names_the_part_and_the_list_of_what_is_allowed() -> None:
    with pytest.raises(RequestError) as error:
        read_formula("case ~ sex + np.log(age)")
    for words in ("it has np.log(age)", 'Q("any name")', "log(…)", "Treatment", "~ + - : *"):
        assert words in error.value.message
    with pytest.raises(RequestError, match="case is on both sides of ~"):
        read_formula("case ~ case")


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        ("y ~ a", ["1", "a"]),
        ("y ~ 1", ["1"]),
        ("y ~ a + a:b + b:a", ["1", "a", "a:b"]),
        ("y ~ a*b:c", ["1", "a", "b:c", "a:b:c"]),
        ("y ~ (a + b)*c - 1", ["a", "b", "c", "a:c", "b:c"]),
        ("y ~ 0 + a", ["a"]),
        ("y ~ a + 0", ["a"]),
        ("y ~ -1 + a", ["a"]),
        ("y ~ a*b - a", ["1", "b", "a:b"]),
        ("y ~ a - (b - a)", ["1", "a"]),
        ("y ~ +a", ["1", "a"]),
        ("y ~ a:a", ["1", "a"]),
        ("y ~ a +\n  b", ["1", "a", "b"]),
        ("y~C( a,Sum )", ["1", "C(a, Sum)"]),
        ("y ~ (a + b + c)*(a + b + c)", ["1", "a", "b", "c", "a:b", "a:c", "b:c"]),
        ("y ~ région + C", ["1", "région", "C"]),
    ],
)
def test_a_formula_has_the_terms_that_patsy_gives_it(formula: str, terms: list[str]) -> None:
    """patsy's own parser is the oracle; it parses these without evaluating them."""
    from patsy import ModelDesc

    def named(found: Any) -> list[str]:
        return [":".join(factor.name() for factor in term) or "1" for term in found]

    ours = read_formula(formula).terms
    theirs = [term.factors for term in ModelDesc.from_formula(formula.partition("~")[2]).rhs_termlist]
    assert sorted(named(ours)) == sorted(terms)
    assert [frozenset(name.split(":")) for name in sorted(named(theirs))] == [
        frozenset(n.split(":")) for n in sorted(terms)
    ]


@pytest.mark.parametrize(
    ("factor", "computed"),
    [
        ("log(age)", np.log),
        ("sqrt(age + 1)", lambda age: np.sqrt(age + 1)),
        ("I(age ** 2 / 10)", lambda age: age**2 / 10),
        ("I(-age * +2)", lambda age: -2 * age),
        ("I(log(age) - 0.5)", lambda age: np.log(age) - 0.5),
        ('I(Q("age") * 2)', lambda age: 2 * age),
    ],
)
def test_arithmetic_gives_the_numbers_of_a_column_that_was_computed_before(
    factor: str, computed: Any
) -> None:
    before = fl.SurveyDesign(FRAME.assign(x=computed(FRAME["age"].astype(float))), weight="w")
    model, other = fl.logit(DESIGN, f"case ~ {factor}"), fl.logit(before, "case ~ x")
    np.testing.assert_allclose(model.params.to_numpy(), other.params.to_numpy())
    assert model.n == len(FRAME)
    assert len(model.margins()) == 1


@pytest.mark.parametrize("name", ['a"b', "a'b", "a:b~c", "[T.x]"])
@pytest.mark.parametrize("form", ["{}", "C({})", "C({}, Treatment('y'))", "C({}, Sum)"])
def test_a_column_of_any_name_is_quoted_and_its_categories_are_counted(name: str, form: str) -> None:
    quoted = '"' + name.replace('"', r"\"") + '"'
    table = fl.logit(DESIGN, f"case ~ {form.format(f'Q({quoted})')}").table
    (row,) = table[table["term"] != "Intercept"].to_dict("records")
    assert row["n"] == (FRAME[name] == row["category"]).sum()
    assert row["category"] in ("x", "y")


def test_a_formula_of_categories_is_the_one_that_its_text_says() -> None:
    made = formula_of_categories("case", {"sex": "m", 'a"b': "x'y"})
    assert made == read_formula(made.text)
    assert made.columns == ("sex", 'a"b')
    assert [factor.categorical for factor in made.factors] == [True, True]


def test_a_column_that_is_a_number_and_a_category_has_no_marginal_effect_and_none_of_its_values_is_printed() -> (
    None
):
    with pytest.raises(RequestError, match="a number and, in C") as error:
        fl.logit(DESIGN, "case ~ C(age) + age").margins()
    assert "20" not in error.value.message


def test_no_module_evaluates_text_as_python() -> None:
    """The kind: nothing a user writes reaches eval, exec, a query of pandas, or patsy's parser of
    formulas."""
    package = Path(fl.__file__).parent
    import ast

    found = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if (
                    name in {"eval", "exec", "compile", "from_formula", "literal_eval"}
                    and ast.unparse(node.func) != "re.compile"
                ):
                    found.append(f"{path.name}: {ast.unparse(node)}")
                if name in {"query", "eval"} and node.args and not isinstance(node.args[0], ast.Constant):
                    found.append(f"{path.name}: {ast.unparse(node)}")
    assert found == []
