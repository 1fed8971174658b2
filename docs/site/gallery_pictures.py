"""Lists the entries of the gallery: for each output a text, its place in a run, the call that makes it, and
the source of its picture.

Paths start from the folder in which `gallery` has run the samples. This folder contains `outputs/` and
`lessons/`.
"""

from __future__ import annotations

from dataclasses import dataclass

SURVEY, LATER, FAMILIES = (
    "outputs/norvia_lfs_2025",
    "outputs/norvia_lfs_2027",
    "outputs/valdorie_enquete_2025",
)
LOADED = "document.readyState == 'complete'"
PLOTTED = (
    f"{LOADED} && [...document.querySelectorAll('.chart')].every(chart => "
    "chart.querySelector('.plot-container'))"
)
LESSONS = ("lessons/1_definition.html", "lessons/2_sampling.html")
EXPLORER = """\
import fltoolkit as fl
persons = fl.classify(fl.read_survey("norvia_lfs_2025"))
fl.show.explore.tables(fl.publish_run(persons, plan=fl.plan_beside("norvia_lfs_2025")), interactive=True)
"""


@dataclass(frozen=True)
class Screen:
    """A page in a browser, or one element of it.

    Attributes:
        page: the path of the page.
        element: a CSS selector. The picture shows the first element that it finds.
        width: the width of the browser, in pixels.
        height: the picture is cut to this number of pixels.
        ready: a JavaScript condition that is true when the page is drawn.
    """

    page: str
    element: str = "body"
    width: int = 1000
    height: int = 1100
    ready: str = LOADED


@dataclass(frozen=True)
class Explorer:
    """The explorer that the code in EXPLORER opens, with its controls, as Voilà serves it."""

    screen: Screen


@dataclass(frozen=True)
class Paper:
    """One printed page of a document."""

    document: str
    number: int = 1


@dataclass(frozen=True)
class Drawing:
    """A chart that a run wrote as a PNG file."""

    file: str


@dataclass(frozen=True)
class Output:
    """One entry of the gallery.

    Attributes:
        name: the picture's file name, without its suffix.
        title: the entry's heading.
        alt: what the picture shows, for those who do not see it.
        text: what the output is, and who reads it.
        written: where a run writes it.
        call: the call or command that makes it.
        source: the page, document or file that the picture shows.
    """

    name: str
    title: str
    alt: str
    text: str
    written: str
    call: str
    source: Screen | Explorer | Paper | Drawing


def _notebook(number: int, name: str, title: str, text: str) -> Output:
    page = f"{SURVEY}/{number}_{name}.html"
    return Output(
        f"notebook_{number}",
        title,
        f"The beginning of the page of notebook {number}",
        text,
        f"`NAME/{number}_{name}.html` and `.ipynb`",
        "`fltoolkit estimate survey.yaml`",
        Screen(page, width=1300, height=1300, ready=PLOTTED),
    )


def _chart(name: str, title: str, alt: str, text: str, call: str, file: str) -> Output:
    return Output(
        name,
        title,
        alt,
        text,
        f"`NAME/charts/{file.rpartition('/')[2]}.png` and `.svg`",
        call,
        Drawing(f"{file}.png"),
    )


def _plotted(name: str, title: str, alt: str, text: str, call: str, page: str, element: str) -> Output:
    written = f"the page `NAME/{page.rpartition('/')[2]}`, whose buttons save the chart as PNG, SVG and CSV"
    return Output(
        name, title, alt, text, written, call, Screen(page, f"{element} figure", width=1300, ready=PLOTTED)
    )


GALLERY: dict[str, tuple[Output, ...]] = {
    "The front page": (
        Output(
            "front_page",
            "Front page of a batch",
            "Two surveys with their headline numbers and three buttons each",
            "For each survey, the front page shows the rate of forced labour with its interval, and "
            "links to the results. The newest survey is first. Surveys are not ranked.",
            "`index.html`",
            "`fltoolkit batch batch.yaml`",
            Screen("outputs/index.html"),
        ),
        Output(
            "front_page_telephone",
            "The same on a telephone",
            "The front page in one narrow column",
            "Every page can be read on a screen that is 400 pixels wide.",
            "`index.html`",
            "`fltoolkit batch batch.yaml`",
            Screen("outputs/index.html", width=400, height=900),
        ),
    ),
    "Notebooks as pages": (
        _notebook(
            1,
            "survey",
            "Notebook 1: the survey",
            "This notebook says what the survey asked and whom, how the "
            "sample was drawn, and which problems the checks found.",
        ),
        _notebook(
            2,
            "classify",
            "Notebook 2: who is in forced labour",
            "This notebook shows how many persons are in forced labour "
            "(*cases*), and for how many the answers do not decide it.",
        ),
        _notebook(
            3,
            "estimate",
            "Notebook 3: how many",
            "This notebook has all tables that survey.yaml asks "
            "for, each with its chart and its uncertainty.",
        ),
        _notebook(
            4,
            "nap",
            "Notebook 4: the plan",
            "This notebook gives the baseline of each indicator of the plan. It "
            "says which targets a repeat of the survey could verify.",
        ),
    ),
    "Documents": (
        Output(
            "brief",
            "Evidence brief",
            "Page 1 of the evidence brief in English",
            "A minister reads this first. It says how many people are in forced labour, how sure the "
            "number is, and what it cannot say. The brief is a web page and a Word file.",
            "`NAME/evidence_brief_en.html` and `.docx`",
            "`fl.report.write_documents(evidence, folder)`",
            Paper(f"{SURVEY}/evidence_brief_en.html"),
        ),
        Output(
            "brief_fr",
            "Evidence brief in French",
            "Page 1 of the evidence brief in French",
            (
                "This is the same brief in French. The texts of survey.yaml are in French only if "
                "survey.yaml gives them in French."
            ),
            "`NAME/evidence_brief_fr.html` and `.docx`",
            "`languages: [en, fr]` in nap.yaml",
            Paper(f"{SURVEY}/evidence_brief_fr.html"),
        ),
        Output(
            "skeleton",
            "Skeleton of the plan",
            "A page of the skeleton with a table that is filled from the survey",
            "The skeleton is a draft of the plan, with the seven chapters of the ILO toolkit's Tool No. "
            "13 and "
            "questions for the authors. Three chapters are filled from the survey and from nap.yaml.",
            "`NAME/nap_skeleton_en.docx`",
            "`fl.report.write_documents(evidence, folder)`",
            Paper(f"{SURVEY}/nap_skeleton_en.docx", 2),
        ),
        Output(
            "slides",
            "Slides for the workshop",
            "A slide with the main result",
            "At most eight slides for PowerPoint, whose texts and tables a workshop can edit.",
            "`NAME/slides_en.pptx`",
            "`fl.report.write_documents(evidence, folder)`",
            Paper(f"{SURVEY}/slides_en.pptx"),
        ),
    ),
    "The workbook": (
        Output(
            "workbook",
            "Workbook for partners",
            "The first sheet of the workbook: the linked list of its sheets",
            "The workbook has targets, follow-up, checklists and costs. The organisations that carry out "
            "the "
            "plan (its partners) fill in the yellow cells, and `fltoolkit nap read` reads them back.",
            "`NAME/nap_workbook.xlsx`",
            "`fl.report.write_workbook(evidence, folder)`",
            Paper(f"{SURVEY}/nap_workbook.xlsx"),
        ),
    ),
    "Charts in files": (
        _chart(
            "chart_groups",
            "Groups",
            "A dot and an interval for each region",
            (
                "A dot is the estimate of a group, and the line is its confidence interval. A hollow dot is "
                "an unreliable estimate."
            ),
            '`fl.show.dots(out, "prevalence", by="region")`',
            f"{SURVEY}/charts/prevalence_by_region_en",
        ),
        _chart(
            "chart_shares",
            "Shares",
            "The share of cases in each sector",
            "The chart shows how people in forced labour are divided among the sectors.",
            '`fl.show.dots(out, "share", by="sector_of_forced_labour")`',
            f"{SURVEY}/charts/share_by_sector_en",
        ),
        _chart(
            "chart_target",
            "A target and its path",
            "The planned path from the baseline to the target",
            "The path of a target is the line of planned values from the baseline to the target. The chart "
            "shows the measured baseline, the planned values (small grey dots) and the target.",
            "`fl.show.plan.path(evidence)`",
            f"{SURVEY}/charts/path_prevalence_decrease_base_en",
        ),
        _chart(
            "chart_change",
            "Change between two surveys",
            "Both rounds joined by a line, the verdict at the right",
            "The chart shows the numbers of both rounds of a survey, and the verdict of a statistical "
            "test. If the change may be due to chance, the verdict is *no detectable change*.",
            "`fl.show.changes(found)`",
            f"{LATER}/charts/change_in_prevalence_en",
        ),
        _chart(
            "chart_children",
            "Children",
            "The prevalence of forced labour among boys and girls",
            "Adults and children have separate charts. The survey of Valdorie asked about both.",
            '`fl.show.dots(out, "prevalence", by="sex", population="children")`',
            f"{FAMILIES}/charts/prevalence_children_by_sex_en",
        ),
    ),
    "Charts in notebooks": (
        _plotted(
            "flow",
            "Flow diagram of the definition",
            "Boxes from all adults to those in forced labour, condition by condition",
            (
                "The diagram shows how many persons meet each condition of the definition of forced labour, "
                "and how many do not."
            ),
            "`fl.show.flow(out)`",
            f"{SURVEY}/2_classify.html",
            "#the-definition-as-a-flow",
        ),
        _plotted(
            "items",
            "Item by item",
            "A dot and an interval for each involuntary circumstance",
            "An item is one circumstance of the definition, such as *different job*. "
            "The chart shows the share of the cases in which each item was met.",
            '`fl.show.gallery(out, "profile")`',
            f"{SURVEY}/3_estimate.html",
            "#how-people-are-made-to-work",
        ),
        _plotted(
            "risk_factors",
            "What goes with forced labour",
            "Odds ratios with intervals on one axis",
            "The chart shows the odds ratios of a logistic regression: which "
            "characteristics are associated with forced labour. An association is not a cause.",
            "`fl.show.risk(model)`",
            f"{SURVEY}/3_estimate.html",
            "#what-goes-with-forced-labour",
        ),
        _plotted(
            "response_error",
            "If answers are wrong",
            "A grid of prevalences under wrong answers",
            (
                "The table shows what the rate would be if a given share of the answers were wrong. It is a "
                "sensitivity table, not an estimate."
            ),
            "`fl.show.response_error(out)`",
            f"{SURVEY}/3_estimate.html",
            "#if-answers-are-wrong",
        ),
    ),
    "To explore and to learn": (
        Output(
            "explorer",
            "Explorer of the tables",
            "Controls for measure, population and breakdown above a chart",
            "Choose a measure, a population and a breakdown. The explorer shows published numbers only.",
            "JupyterLab or Voilà, nothing on disk",
            "`fl.show.explore.tables(out, interactive=True)`",
            Explorer(
                Screen(
                    "",
                    width=1100,
                    height=1000,
                    ready="[...document.querySelectorAll('.js-plotly-plot .main-svg')].length",
                )
            ),
        ),
        Output(
            "lesson_1",
            "Lesson 1: the definition",
            "The beginning of the first lesson",
            "The reader decides whether invented people are in forced labour, and learns the definition.",
            "`notebooks/teaching/1_definition.ipynb`",
            "`fltoolkit start my_project`, then `fltoolkit lab my_project`",
            Screen(LESSONS[0], height=1300, ready=LOADED),
        ),
        Output(
            "lesson_2",
            "Lesson 2: what a sample does",
            "A hill of estimates from many samples around the truth",
            (
                "The lesson draws hundreds of samples from the people of an invented island, for whom the "
                "true number is known."
            ),
            "`notebooks/teaching/2_sampling.ipynb`",
            "`fltoolkit class my_class` serves the lessons to a class",
            Screen(LESSONS[1], "figure", height=1300, ready=PLOTTED),
        ),
    ),
}
