"""Rule sets are data: what counts as forced labour stands in the YAML files here, and only there."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fltoolkit.survey.breakdowns import Name
from fltoolkit.survey.questions import CoercionItem, InvoluntaryItem
from fltoolkit.yamlfile import Model, load_shipped


class RuleSet(Model):
    """A named, versioned definition: items that make work involuntary, and items that make it coerced."""

    name: Name
    version: int
    title: str
    source: str
    involuntary: tuple[InvoluntaryItem, ...]
    coercion: tuple[CoercionItem, ...]

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"


def load_rules(rules: str | Path) -> RuleSet:
    """A rule set by name (`icls_2018`) or by the path of a YAML file. Raises `SpecError` where there is none."""
    return load_shipped(Path(str(files(__package__))), rules, RuleSet, "rule set")
