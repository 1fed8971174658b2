"""Lets a part of a lesson that fails say why in words, without lines of code. It is an extension of IPython,
so that it can start with the kernel: a part that runs first, or after a restart, may fail too.
"""

from __future__ import annotations

from typing import Any

FAILED = "**This part did not work.**"
# In the words of JupyterLab's menu.
RUN_ABOVE = "Choose *Run › Run All Above Selected Cell*, then run this part again."
GO_ON = "All other parts work all the same; go on, or ask for help."


def load_ipython_extension(notebook: Any) -> None:
    """Makes each failing cell of a notebook say in words what was wrong. `notebook` is the shell of its
    kernel."""
    notebook.set_custom_exc((Exception,), _show_error)


def _show_error(
    shell: object,
    kind: type[BaseException],
    error: BaseException,
    trace: object,
    tb_offset: int | None = None,
) -> list[str]:
    from IPython.display import display

    from fltoolkit.show.wording.section_words import Words

    said = error_in_words(error)
    display(Words(said))
    return [said]


def error_in_words(error: BaseException) -> str:
    """Returns what a learner reads if a part fails. A name that is not there is most often that of a part
    above, which has not run since the kernel started."""
    from fltoolkit.errors import FltoolkitError

    if type(error) is NameError:
        return f"{FAILED} It needs `{error.name}`, which a part above makes. {RUN_ABOVE}"
    why = str(error) if isinstance(error, FltoolkitError) else f"{type(error).__name__}: {error}"
    return f"{FAILED} {GO_ON}\n\n```text\n{why}\n```"
