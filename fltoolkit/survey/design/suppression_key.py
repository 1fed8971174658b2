"""The secret key of a survey, by which hidden cells that protect others are chosen.

The rules of disclosure control are public. If the choice among cells depended on these rules and the data
alone, a reader could try all possible data, and see which of them hide just the cells that are hidden. So the
choice depends on a key that no reader knows. Source: Kerckhoffs' principle; the key enters through HMAC (RFC
2104).
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from fltoolkit.errors import PublicationError
from fltoolkit.files import file_error, read_text, write_new
from fltoolkit.survey.design.survey_design import Design, Survey
from fltoolkit.survey.spec.survey_spec import SurveySpec

KEY_FILE = "suppression.key"
PUBLIC = "public: "
NO_SURVEY = "data without survey.yaml"  # the country of such a design, in a public key
OWNER_ONLY, BYTES, MOST_BYTES = 0o600, 32, 10_000
TEXT = """\
# The secret key of this survey: fltoolkit chooses by it which cells are hidden to protect others.
# Keep it beside the microdata, with a copy, and give it to nobody. Whoever has it can learn hidden numbers.
# Without it the tables would hide other cells: two such sets of tables together reveal what each of them hides.
"""


@dataclass(frozen=True)
class SuppressionKey:
    """The key of a survey.

    Attributes:
        secret: the key itself.
    """

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """A text that tells two keys apart, and reveals neither."""
        return hmac.digest(self.secret, b"fingerprint", sha256).hex()[:16]


def key_path(survey: Path, spec: SurveySpec) -> Path:
    """Returns the path of a survey's key file: the one that survey.yaml names, or `suppression.key` beside
    it."""
    return survey.parent / (spec.suppression_key or KEY_FILE)


def suppression_key(design: Design | None) -> SuppressionKey:
    """Returns the key of a survey, and makes it at the first call. A design without survey.yaml has its key
    in the working folder.

    Raises:
        PublicationError: the file is no key, or that of a sample; or it cannot be read or written.
    """
    if isinstance(design, Survey):
        return key_of_survey(design.path, design.spec)
    return _key_in(Path(KEY_FILE), NO_SURVEY)


def key_of_survey(survey: Path, spec: SurveySpec) -> SuppressionKey:
    """Returns the key of the survey with this survey.yaml, as `suppression_key` does."""
    return _key_in(key_path(survey, spec), str(spec.country))


def _key_in(path: Path, country: str) -> SuppressionKey:
    """Returns the key in a file. If there is no such file, it is made, for its owner alone.

    A key with a line `public: COUNTRY` is known to everybody. Only surveys of this invented country may have
    it.
    """
    if not path.exists():
        _make(path)
    lines = [line.strip() for line in read_text(path, MOST_BYTES, PublicationError).splitlines()]
    *marks, secret = [line for line in lines if line and not line.startswith("#")] or [""]
    if any(not mark.startswith(PUBLIC) for mark in marks) or not re.fullmatch(
        rf"[0-9a-f]{{{2 * BYTES}}}", secret
    ):
        raise PublicationError(
            "this is no key of a survey",
            where=str(path),
            allowed=f"a line of {2 * BYTES} digits from 0 to f, as fltoolkit wrote it",
            do="put the copy of the key back; or, if no table of this survey has left the office, delete the file",
        )
    if others := [mark.removeprefix(PUBLIC) for mark in marks if mark != PUBLIC + country]:
        raise PublicationError(
            "this is the public key of an invented survey, which protects no other",
            where=str(path),
            found=others,
            allowed=country,
            do="delete the file: the survey then gets a key of its own",
        )
    return SuppressionKey(bytes.fromhex(secret))


def _make(path: Path) -> None:
    try:
        write_new(path, f"{TEXT}{new_secret().hex()}\n", OWNER_ONLY)
    except FileExistsError:  # another process made it in the meantime
        return
    except OSError as error:
        raise PublicationError(
            "the secret key of the survey cannot be written",
            where=str(path),
            found=file_error(error).problem,
            do=("make the folder writable; or name a file in another folder in survey.yaml: suppression_key"),
        ) from None


def new_secret() -> bytes:
    return secrets.token_bytes(BYTES)
