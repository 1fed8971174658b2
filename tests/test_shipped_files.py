"""Tests that the files of the kit are found in a checkout and in a wheel. A survey's name means a sample only
if nothing else can be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit import shipped_files
from fltoolkit.errors import RequestError, SpecError
from fltoolkit.shipped_files import notebook_folder, samples, shipped_folder, survey_file

HOUSE = Path(__file__).parents[1]
NAMES = ["norvia_lfs_2025", "norvia_lfs_2027", "valdorie_enquete_2025"]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that lies somewhere else."""
    monkeypatch.setattr(shipped_files, "PACKAGE", tmp_path / "site" / "fltoolkit")
    return tmp_path / "site" / "fltoolkit"


def test_a_checkout_has_it_beside_the_package() -> None:
    assert notebook_folder() == HOUSE / "notebooks"
    assert list(samples()) == NAMES
    assert all(file.is_file() for file in samples().values())


def test_a_wheel_has_it_in_the_package_whatever_lies_beside(package: Path) -> None:
    for folder in (package / "shipped" / "docs", package.parent / "docs", package.parent / "data_samples"):
        folder.mkdir(parents=True)
    assert shipped_folder("docs") == package / "shipped" / "docs"


def test_a_package_without_it_says_so(package: Path) -> None:
    with pytest.raises(
        RequestError, match=r"the kit's notebooks are not there\n  do:      install the kit's wheel"
    ):
        notebook_folder()
    assert samples() == {}


def test_a_samples_name_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert survey_file("norvia_lfs_2025") == HOUSE / "data_samples" / "norvia_lfs_2025" / "survey.yaml"
    assert fl.read_survey("valdorie_enquete_2025").spec.country == "Valdorie"
    plan = fl.plan_beside("norvia_lfs_2025")
    assert plan is not None
    assert plan.country == "Norvia"


def test_a_path_is_looked_up_from_the_folder_of_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    country.write(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert (
        survey_file("mine")
        == survey_file("mine/survey.yaml")
        == survey_file(Path("mine"))
        == Path("mine/survey.yaml")
    )
    assert fl.plan_beside("mine") is not None


def test_what_is_there_comes_before_a_sample_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    country.write(tmp_path / "norvia_lfs_2025")
    monkeypatch.chdir(tmp_path)
    assert fl.read_survey("norvia_lfs_2025").spec.country == "Smallland"
    (tmp_path / "norvia_lfs_2025" / "survey.yaml").unlink()
    with pytest.raises(SpecError, match=r"^norvia_lfs_2025/survey.yaml: there is no such file"):
        survey_file("norvia_lfs_2025")


@pytest.mark.parametrize(
    "mistyped",
    [
        "norvia_lfs_2026",
        "NORVIA_LFS_2025",
        "norvia_lfs_2025/survey.yaml",
        "../norvia_lfs_2025",
        "./norvia_lfs_2025",
        "norvia_lfs_2025/",
        "data_samples/norvia_lfs_2025/survey.yaml",
        Path("norvia_lfs_2025"),
    ],
    ids=str,
)
def test_a_mistyped_path_is_an_error_and_never_a_sample(
    mistyped: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as raised:
        fl.read_survey(mistyped)
    assert "there is no such file" in raised.value.message
    assert f"A shipped sample goes by its name alone: {', '.join(NAMES)}" in raised.value.message
    with pytest.raises(SpecError, match="there is no such file"):
        fl.plan_beside(mistyped)
