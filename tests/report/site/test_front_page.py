"""Tests the front page: each survey's headline with its flag and coverage, working links, failures with their
error, and no ranking."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import families
import pandas as pd
import pytest
import small_country as country
import two_rounds
from handed import EN

import fltoolkit as fl
from fltoolkit import report
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.languages.own_text import OwnText
from fltoolkit.report import Entry
from fltoolkit.survey.spec.files_and_design import Release

FILES = ("1_survey.html", "2_classify.html", "3_estimate.html", "run.json")


def put(outputs: Path, folder: str, **rate: Any) -> None:
    """A survey's folder with its files; `rate` changes columns of its prevalence."""
    out = country.published()
    table = out.table.copy()
    for column, value in rate.items():
        table.loc[table["measure"] == "prevalence", column] = value
    report.write_estimates(replace(out, table=table), outputs / folder)
    for name in FILES:
        (outputs / folder / name).write_text("x", encoding="utf-8")


def index(outputs: Path, *entries: Entry) -> str:
    path = report.write_index(outputs, list(entries))
    assert path == outputs / "index.html"
    return path.read_text(encoding="utf-8").replace("\xa0", " ")


def test_the_headline_numbers_stand_with_interval_basis_and_coverage(tmp_path: Path) -> None:
    put(tmp_path, "small")
    html = index(tmp_path, Entry("small", "Small country", ("the homeless", "islands")))
    assert "<b>99.5</b><span>in forced labour per 1,000 adults</span>" in html
    assert "<b>about 410</b><span>adults in forced labour</span>" in html
    assert re.search(r"95% interval: \d+\.\d to \d+\.\d", html)
    assert (
        "Definition: 2018 international definition; that involuntary work and coercion went together" in html
    )
    assert "Reference period: the past 12 months (at any time, not on one day). Population: adults." in html
    assert "Not reached: the homeless; islands." in html
    assert "1 survey. " in html
    assert html.index("Forced labour is work that") < html.index("99.5")
    assert "A child is counted" not in html


def test_the_office_and_the_day_of_release_stand_above_the_title(tmp_path: Path) -> None:
    put(tmp_path, "small")
    release = Release(office=OwnText("Office of <Small>"), date=date(2025, 12, 10))
    html = index(tmp_path, Entry("small", "Small country", release=release))
    assert (
        '<p class="masthead"><span>Office of &lt;Small&gt;,</span> <span>10 December 2025</span></p>\n'
        "<h3>Small country</h3>"
    ) in html
    assert 'masthead">' not in index(tmp_path, Entry("small", "Small country"))
    beside = release.model_copy(update={"beside": ("../out/first", "../out/second")})
    html = index(tmp_path, Entry("small", "Small country", release=beside))
    assert "2025,</span> <span>protected together with first; second</span></p>" in html


def test_a_headline_under_a_recalled_rule_says_so(tmp_path: Path) -> None:
    put(tmp_path, "small", to_verify="from memory")
    assert "To be verified: from memory" in index(tmp_path, Entry("small", "Small country"))


def test_adults_and_children_stand_apart_where_both_were_asked(tmp_path: Path) -> None:
    people = [("by a third party" if i % 10 == 0 else "free", {"P": i % 40}) for i in range(300)]
    people += [("case" if i % 6 == 0 else "not", {"P": i % 40}) for i in range(240)]
    (tmp_path / "data").mkdir()
    report.write_estimates(fl.publish_run(families.persons(tmp_path / "data", people)), tmp_path / "both")
    html = index(tmp_path, Entry("both", "Both"))
    assert "in forced labour per 1,000 everybody" in html
    assert "None of them asks whether the child consented." in html
    assert re.findall(r"<b>([\d.]+)</b><span>in forced labour per 1,000 (adults|children)</span>", html) == [
        ("166.7", "adults"),
        ("100.0", "children"),
    ]
    put(tmp_path, "small")
    assert index(tmp_path, Entry("small", "Small country")).count("per 1,000 adults</span>") == 1
    table = pd.read_csv(tmp_path / "both" / "estimates.csv")
    children = (
        (table["measure"] == "prevalence")
        & (table["reference_population"] == "children")
        & table["breakdown"].isna()
    )
    wide = table.assign(
        bounds_note=table["bounds_note"].astype(object).mask(children, str(WIDE_BOUNDS)),
        bound_high=table["bound_high"].mask(children, 0.45),
    )
    inside = wide["bound_high"].where(children, wide["ci_high"])
    wide.assign(bound_high=inside).to_csv(tmp_path / "both" / "estimates.csv", index=False)
    html = index(tmp_path, Entry("both", "Both"))
    assert "<b>100.0 to 450.0</b><span>in forced labour per 1,000 children</span>" in html
    assert re.findall(r"per 1,000 children</span><span>[^<]+</span><span><em[^>]*>([^<]*)</em>", html) == [
        "unreliable"
    ]
    assert EN.say("sheet.range_explained") in html
    assert ", inside the interval." in html


def test_how_many_are_unresolved_stands_beside_the_headline(tmp_path: Path) -> None:
    bound = {"resolved_only": 0.0998, "bound_high": 0.1035, "bound_ci_high": 0.1402}
    for unresolved, told in (
        (
            12,
            "12 of the 402 persons who answered are unresolved: the answers (don&#39;t know, refused, "
            "blank, question not put) could not decide "
            "whether they are cases. They are not counted as cases; if all of them were, the rate would "
            "be 103.5 per 1,000 (interval up to 140.2). "
            "Without them in the calculation, the rate is 99.8 per 1,000.",
        ),
        (0, "Nobody is unresolved: the answers decide for everybody who is a case."),
        (
            float("nan"),
            "Few persons are unresolved: the answers (don&#39;t know, refused, blank, question not put) "
            "could not decide whether they are cases. "
            "Their number is too small to be shown; they are not counted as cases, so the rate is a "
            "lower bound.",
        ),
    ):
        put(tmp_path, "small", n=402, unresolved=unresolved, **bound)
        assert f"<p>{told}</p>" in index(tmp_path, Entry("small", "Small country"))


def test_a_flag_stands_with_its_reason(tmp_path: Path) -> None:
    put(tmp_path, "small")
    html = index(tmp_path, Entry("small", "Small country"))
    assert '<em class="flag" title="coefficient of variation above 16.5%">use with caution</em>' in html


def test_a_suppressed_headline_shows_its_marker_and_no_number(tmp_path: Path) -> None:
    nothing = dict.fromkeys(("estimate", "ci_low", "ci_high"), float("nan"))
    put(tmp_path, "small", **nothing, flag="suppress", marker="c", reason="confidential: too few cases")
    html = index(tmp_path, Entry("small", "Small country"))
    assert "<b>[c]</b>" in html
    assert '<em class="flag" title="confidential: too few cases">suppress</em>' in html
    assert "99.5" not in html
    assert "nan" not in html


def test_every_link_leads_to_a_file(tmp_path: Path) -> None:
    put(tmp_path, "small")
    (tmp_path / "bad.failed").mkdir()
    (tmp_path / "bad.failed" / "2_classify.html").write_text("x", encoding="utf-8")
    html = index(
        tmp_path,
        Entry("small", "Small"),
        Entry("bad", "Bad", error="it broke", notebook="bad.failed/2_classify.html"),
    )
    links = re.findall(r'href="([^"]+)"', html)
    named = (*FILES, "estimates.csv")
    assert sorted(set(links)) == sorted(
        [*(f"small/{f}" for f in named if f != "run.json"), "bad.failed/2_classify.html"]
    )
    assert "run.json" not in html  # it has hashes of the data, and stays in the office
    assert all((tmp_path / link).is_file() for link in links)


def test_warnings_are_named_with_a_link_to_the_page_that_says_them(tmp_path: Path) -> None:
    put(tmp_path, "small")
    assert "Warnings" not in index(tmp_path, Entry("small", "Small"))
    found = pd.DataFrame(
        {"severity": ["warning", "warning", "note"], "what": ["age not stated; more", "months: more", "c"]}
    )
    report.write_findings(found, "findings_data.csv", tmp_path / "small")
    report.write_findings(found[found["severity"] == "note"], "findings_cases.csv", tmp_path / "small")
    html = index(tmp_path, Entry("small", "Small"))
    assert (
        '<p class="quiet">Warnings of the checks: <a href="small/1_survey.html">age not stated; more</a>; '
        '<a href="small/1_survey.html">months: more</a>.</p>' in html
    )
    assert '2_classify.html">c<' not in html


def test_restricted_numbers_are_never_linked(tmp_path: Path) -> None:
    put(tmp_path, "small")
    (tmp_path / "small" / "restricted").mkdir()
    (tmp_path / "small" / "restricted" / "estimates_full.csv").write_text("x", encoding="utf-8")
    assert "restricted" not in index(tmp_path, Entry("small", "Small"))


def test_a_failed_survey_shows_its_error_and_its_half_run_notebook(tmp_path: Path) -> None:
    put(tmp_path, "small")
    error = "2_classify: codes that survey.yaml does not name: 7\n  do: <add> them"
    html = index(
        tmp_path,
        Entry("small", "Small"),
        Entry("bad", "Bad", error=error, notebook="bad.failed/2_classify.html"),
    )
    assert "2 surveys, 1 failed" in html
    assert "Bad: failed" in html
    assert "<pre>2_classify: codes that survey.yaml does not name: 7\n  do: &lt;add&gt; them</pre>" in html
    assert '<a href="bad.failed/2_classify.html">The notebook up to the failing cell</a>' in html
    without = index(tmp_path, Entry("bad", "Bad", error="no notebook at all"))
    assert "<a " not in without


def test_numbers_of_an_earlier_run_stand_with_the_error_of_the_latest(tmp_path: Path) -> None:
    put(tmp_path, "small")
    html = index(
        tmp_path, Entry("small", "Small", refused="<it> broke", notebook="small.failed/2_classify.html")
    )
    assert "1 survey, 1 as an earlier run left it" in html
    assert "<b>99.5</b>" in html
    assert '<pre>&lt;it&gt; broke</pre><p><a href="small.failed/2_classify.html">The notebook up to' in html


@pytest.mark.parametrize("turn", [1, -1])
def test_surveys_that_failed_stand_first_the_others_in_alphabetical_order_whatever_their_numbers(
    tmp_path: Path, turn: int
) -> None:
    for folder in ("one", "two", "three"):
        put(tmp_path, folder)
    entries = [Entry("one", "Beta"), Entry("two", "alpha"), Entry("three", "gamma", error="broken")][::turn]
    html = index(tmp_path, *entries)
    assert html.index("gamma") < html.index("alpha") < html.index("Beta")


def test_words_of_a_survey_are_escaped(tmp_path: Path) -> None:
    put(tmp_path, "small", reference_population_label="<i>adults", reason="<u>why", rule_set="<s>rules")
    html = index(tmp_path, Entry("small", "<script>alert(1)</script>", ("<img src=x>",)))
    for tag in ("<script", "<i>", "<u>", "<s>", "<img"):
        assert tag not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_survey_whose_weights_cannot_gross_up_has_a_rate_alone(tmp_path: Path) -> None:
    out = country.published()
    report.write_estimates(
        replace(out, table=out.table[out.table["measure"] == "prevalence"]), tmp_path / "small"
    )
    html = index(tmp_path, Entry("small", "Small"))
    assert "per 1,000 adults" in html
    assert ">adults in forced labour<" not in html
    report.write_estimates(out, tmp_path / "small")
    assert ">adults in forced labour<" in index(tmp_path, Entry("small", "Small"))


def test_the_front_page_fetches_nothing(tmp_path: Path) -> None:
    put(tmp_path, "small")
    html = index(tmp_path, Entry("small", "Small"))
    assert "://" not in html
    assert "<script" not in html


def test_what_is_handed_to_people_is_named_in_each_language(tmp_path: Path) -> None:
    put(tmp_path, "small")
    for name in ("evidence_brief_en.docx", "evidence_brief_en.html", "slides_fr.pptx", "nap_workbook.xlsx"):
        (tmp_path / "small" / name).write_text("x", encoding="utf-8")
    (tmp_path / "small" / "charts").mkdir()
    html = index(tmp_path, Entry("small", "Small country"))
    assert 'Evidence brief: <a href="small/evidence_brief_en.docx">English, Word</a>; ' in html
    assert (
        'Slides for the consultation workshop: <a href="small/slides_fr.pptx">Français, PowerPoint</a>'
        in html
    )
    assert "in small/charts</li>" in html
    assert all((tmp_path / link).is_file() for link in re.findall(r'href="([^"]+)"', html))


def test_buttons_lead_on_and_the_rest_is_folded(tmp_path: Path) -> None:
    put(tmp_path, "small")
    for name in (
        "evidence_brief_en.html",
        "evidence_brief_fr.html",
        "nap_workbook.xlsx",
        "nap_skeleton_es.docx",
    ):
        (tmp_path / "small" / name).write_text("x", encoding="utf-8")
    html = index(tmp_path, Entry("small", "Small country"))
    buttons = re.findall(r'<a class="button[^"]*"(?: lang="..")? href="([^"]+)">([^<]+)</a>', html)
    assert buttons == [
        ("small/evidence_brief_en.html", "Evidence brief (English)"),
        ("small/evidence_brief_fr.html", "Note de synthèse (français)"),
        ("small/1_survey.html", "Notebooks"),
        ("small/nap_workbook.xlsx", "Workbook"),
        ("small/nap_skeleton_es.docx", "Esquema del plan"),
    ]
    before, folded = html.split('<details class="data">')
    assert "estimates.csv" in folded
    assert "estimates.csv" not in before


def test_the_newest_survey_stands_first(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        put(tmp_path, folder)
    html = index(tmp_path, Entry("old", "Alpha", year=2025), Entry("new", "Beta", year=2027))
    assert html.index("<h3>Beta") < html.index("<h3>Alpha")


def test_the_rounds_of_a_country_stand_together(tmp_path: Path) -> None:
    """The newest first, and first the country that has the newest. Another country's survey never stands
    between two rounds."""
    years = {"Alpha": ("A", 2025), "Beta": ("B", 2026), "Gamma": ("A", 2027), "Delta": ("B", 2020)}
    for title, (place, _) in years.items():
        put(tmp_path, title, country=place)
        table = pd.read_csv(tmp_path / title / "estimates.csv")
        table.assign(country=place).to_csv(tmp_path / title / "estimates.csv", index=False)
    html = index(tmp_path, *(Entry(title, title, year=year) for title, (_, year) in years.items()))
    assert re.findall(r"<h[23]>(\w+)</h[23]>", html)[:6] == ["A", "Gamma", "Alpha", "B", "Beta", "Delta"]
    assert "4 surveys in 2 countries. " in html


def test_the_page_says_what_it_is_for_and_explains_its_words(tmp_path: Path) -> None:
    put(tmp_path, "small")
    html = index(tmp_path, Entry("small", "Small country"))
    assert html.index("is for decisions") < html.index("<h3>Small country")
    for word in ("Interval", "Use with caution", "Unresolved persons"):
        assert f"<dt>{word}</dt>" in html
    path = tmp_path / "small" / "estimates.csv"
    pd.read_csv(path).assign(flag="publish").to_csv(path, index=False)
    assert "<dt>Use with caution</dt>" not in index(tmp_path, Entry("small", "Small country"))


def test_the_change_since_the_earlier_round_is_told_with_its_verdict(tmp_path: Path) -> None:
    put(tmp_path, "small")
    changed = two_rounds.fell().changed
    report.write_changes(changed, tmp_path / "small")
    html = index(tmp_path, Entry("small", "Small country"))
    above, folded = html.split('<details class="data">')
    told = "<b>50.0 → 18.8</b><span>per 1,000, 2025 and 2027</span><span>a fall of 31.2 (95% interval: "
    assert (
        above.index('class="numbers"')
        < above.index(told)
        < above.index('class="open"')
        < above.index("Definition: ")
    )
    assert "Prevalence of forced labour: 50.0 in 2025, then 18.8 in 2027, per 1,000 adults" in folded
    assert "Test of the change since 2025: decreased. Nothing here" in folded
    assert (
        "<h3>Small country</h3>\n"
        '<p class="lead">The rate of forced labour fell: 19 per 1,000 in 2027, 50 in 2025</p>'
    ) in above
    assert "a fall of" not in index(tmp_path, Entry("bad", "Bad", error="x"))


def test_an_uncertain_change_has_its_flag_and_no_title(tmp_path: Path) -> None:
    put(tmp_path, "small", flag="unreliable")
    report.write_changes(two_rounds.fell().changed, tmp_path / "small")
    table = pd.read_csv(tmp_path / "small" / "changes.csv")
    for flag, titles, told in (("caution", 1, "use with caution"), ("unreliable", 0, "unreliable")):
        table.assign(flag=flag, reason="after: few").to_csv(tmp_path / "small" / "changes.csv", index=False)
        above = index(tmp_path, Entry("small", "Small country")).split('<details class="data">')[0]
        assert above.count("The rate of forced labour fell") == titles
        assert f'<em class="flag" title="after: few">{told}</em></span></div></div>' in above


def test_a_change_that_is_not_shown_is_a_sentence_without_numbers(tmp_path: Path) -> None:
    put(tmp_path, "small")
    report.write_changes(two_rounds.fell().changed, tmp_path / "small")
    table = pd.read_csv(tmp_path / "small" / "changes.csv")
    table.assign(verdict="", estimate=float("nan"), reason="confidential").to_csv(
        tmp_path / "small" / "changes.csv", index=False
    )
    html = index(tmp_path, Entry("small", "Small country"))
    assert ", 2025 and 2027" not in html
    assert "confidential" in html.split('<details class="data">')[0]


def test_an_earlier_round_is_a_smaller_card_whose_basis_is_folded(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        put(tmp_path, folder)
    html = index(tmp_path, Entry("old", "Alpha", year=2025), Entry("new", "Beta", year=2027))
    new, old = html.split('<section class="survey')[1:]
    assert new.index("Definition: ") < new.index("<details")
    assert old.startswith(' earlier"')
    assert old.index("Definition: ") > old.index("<details")


def test_a_number_with_wide_bounds_is_a_range(tmp_path: Path) -> None:
    put(tmp_path, "small", bounds_note="wide bounds", bound_high=0.25)
    html = index(tmp_path, Entry("small", "Small country"))
    assert '<p class="lead">Forced labour (2025): 100 to 250 of every 1,000 adults</p>' in html
    assert "No range at 410: counting unresolved persons gives " in html  # the number of persons
    assert "to 250.0</b>" in html
    assert "<span>95% interval with unresolved persons: " in html
    assert (
        html.index("to 250.0</b>")
        < html.index("<b>about 410</b>")
        < html.index(EN.say("sheet.range_explained"))
    )
    file = tmp_path / "small" / "estimates.csv"
    table = pd.read_csv(file)
    table.assign(bound_high=table["bound_high"].where(table["measure"] == "prevalence")).to_csv(
        file, index=False
    )
    assert "No range at" not in index(tmp_path, Entry("small", "Small country"))
    put(tmp_path, "small")
    assert "A range goes from" not in index(tmp_path, Entry("small", "Small country"))
