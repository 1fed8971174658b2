"""What partners filled in to the plan's workbook."""

from __future__ import annotations

from fltoolkit.nap.framework import Plan
from fltoolkit.yamlfile import Model


class Partners(Model):
    """The whole of a partners.yaml."""


def read_partners(plan: Plan) -> Partners:
    """What the partners.yaml beside nap.yaml holds; nothing without one."""
    return Partners()
