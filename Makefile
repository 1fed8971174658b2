# A thin door: whatever make does here is one call to Python, so that a machine without make (Windows) can say the same.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
SPARK_BIN := .venv-spark/bin
# What runs the tests on Spark and builds PySpark, beside the extras; requirements.lock says the versions.
SPARK_TESTS := pytest pytest-timeout pytest-xdist hatchling 'setuptools>=70.1'

# Kernels, workers and commands start by the hundred: the kit is compiled once for all of them, also where a machine is told not to.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help batch test test-all test-rest needs test-browser test-spark test-wheel java lint lab class wheel docs gallery refresh golden golden-texts fuzz mutants legal-surveys freeze bench bench-waits bench-disclosure bench-batch longest kills lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

batch: .venv/.installed ## run every survey of data_samples/batch.yaml through the notebooks, into outputs/
	$(BIN)/fltoolkit batch data_samples/batch.yaml

# The tests themselves do not use nbval: importing it takes each process two seconds. Three workers suit two cores, because a test
# that waits for a kernel leaves its core free.
PYTEST = $(BIN)/python -m pytest -n 3 -p no:nbval
NBVAL = $(BIN)/python -m pytest -n 2 --nbval --nbval-current-env

test: .venv/.installed ## run the tests of every part in about seven minutes, and one notebook against its stored outputs
	$(PYTEST) -m 'not thorough and not browser and not spark and not wheel' $(COVERAGE)
	$(NBVAL) notebooks/1_survey.ipynb

# Coverage is that of both parts together. In both, tests try more (tests/thoroughness.py).
test-all: needs .venv/.installed ## run all tests, with coverage (about an hour; needs Chromium and Java)
	$(MAKE) test THOROUGH=1 COVERAGE='--cov=fltoolkit --cov-report='
	$(MAKE) test-rest

test-rest: export THOROUGH = 1
test-rest: needs .venv/.installed ## run what `make test` leaves out; after `make test COVERAGE=--cov=fltoolkit` it checks the coverage of both
	$(PYTEST) -m thorough --cov=fltoolkit --cov-append --cov-fail-under=95
	$(BIN)/python -m tests.golden_texts changes
	$(NBVAL) notebooks
	$(MAKE) fuzz MUTANTS=500
	$(MAKE) legal-surveys SURVEYS=40 SEED=10
	$(MAKE) test-browser
	$(MAKE) test-spark
	$(MAKE) test-wheel

needs: java
	@command -v chromium >/dev/null || { echo "make test-all needs Chromium: install it (Debian, Ubuntu: apt install chromium), then run it again." >&2; exit 1; }

test-browser: .venv/.installed ## run the tests that open pages in Chromium
	$(BIN)/python -m pytest -m browser

test-spark: java .venv-spark/.installed ## run the tests on a Spark cluster of two processes (needs Java 17 or 21)
	$(SPARK_BIN)/python -m pytest -m spark tests/spark

test-wheel: .venv/.installed ## install the wheel into an empty environment, and use it there, by PYTHONS (that of .venv)
	PYTHONS='$(PYTHONS)' $(BIN)/python -m pytest -m wheel tests/test_wheel.py

java:
	@command -v java >/dev/null || { echo "the tests on Spark need Java 17 or 21: install it (Debian, Ubuntu: apt install default-jre-headless), then run it again." >&2; exit 1; }

lint: .venv/.installed ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The whole folder is served, so that the samples and outputs/ can be looked at too.
lab: .venv/.installed ## open the notebooks in JupyterLab
	$(BIN)/fltoolkit lab

class: .venv/.installed ## serve the teaching notebooks to a class of LEARNERS (30) at ADDRESS (localhost), PORT (8888); see docs/class.md
	$(BIN)/fltoolkit class class --learners $(or $(LEARNERS),30) --address $(or $(ADDRESS),localhost) --port $(or $(PORT),8888)

wheel: .venv/.installed ## build the wheel, into dist/
	$(BIN)/python -m hatchling build --target wheel
	@ls dist/*.whl

docs: .venv/.installed ## build the documentation's site, into site/ (open site/index.html)
	$(BIN)/python -m docs.site.reference
	$(BIN)/python -m docs.site.key_tables
	$(BIN)/mkdocs build --strict --quiet
	@echo "Open site/index.html"

gallery: .venv/.installed ## run the samples, and take the pictures of docs/gallery.md anew (needs Chromium, LibreOffice and pdftoppm)
	$(BIN)/python -m docs.site.gallery

refresh: .venv/.installed ## run the notebooks on the samples and store their normalised outputs
	$(BIN)/fltoolkit refresh notebooks

golden: ## compute R's reference numbers anew (needs R with the packages that tests/golden names)
	@command -v Rscript >/dev/null || { echo "make golden needs Rscript: install R (Debian, Ubuntu: apt install r-base-core), then run it again." >&2; exit 1; }
	Rscript tests/golden/make_all.R

golden-texts: .venv/.installed ## write anew what the documents of the samples say (tests/golden_texts), and commit it; ONLY=SURVEY writes one
	$(BIN)/python -m tests.golden_texts write $(ONLY)

fuzz: .venv/.installed ## try MUTANTS (20000) wrong and odd inputs of SEED (18) beside a plain loop (half an hour)
	$(BIN)/python -m tests.fuzz --mutants $(or $(MUTANTS),20000) --seed $(or $(SEED),18)

mutants: .venv/.installed ## try sixty errors in the code (tests/code_mutants) against the tests that reach them (three quarters of an hour)
	$(BIN)/python -m tests.code_mutants trace .pytest_cache/reached -- -n 3 -q
	$(BIN)/python -m tests.code_mutants run .pytest_cache/reached

legal-surveys: .venv/.installed ## draw SURVEYS (300) legal surveys from SEED (1), and run all their cells and documents (a quarter of an hour)
	$(BIN)/python -m tests.legal_surveys --surveys $(or $(SURVEYS),300) --seed $(or $(SEED),1)

freeze: .venv/.installed ## compare what BASE (of tests/oracle/differences.yaml) and the working tree give from the same inputs (ten minutes; FAST=1 three)
	$(BIN)/python -m tests.oracle $(BASE) $(if $(FAST),--fast)

bench: .venv/.installed ## measure time and memory of the one pass over microdata
	$(BIN)/python benchmarks/run.py

bench-waits: .venv/.installed ## measure what people wait for (check, estimate, batch, import), beside import pandas
	$(BIN)/python benchmarks/waits.py

bench-disclosure: .venv/.installed ## measure what disclosure control hides and costs; BASE=CHECKOUT puts another checkout of the kit beside it
	$(BIN)/python benchmarks/disclosure_costs.py $(if $(BASE),--base $(BASE))
	$(BIN)/python -m benchmarks.disclosure_large

bench-batch: .venv/.installed ## measure a batch of SURVEYS (100) beside papermill in a loop (an hour and a half)
	$(BIN)/python benchmarks/batch.py $(or $(SURVEYS),100) --dask

longest: .venv/.installed ## measure the tests anew: make test and test-all start the longest first
	$(PYTEST) --junitxml=.pytest_cache/seconds.xml
	$(BIN)/python -m tests.longest .pytest_cache/seconds.xml

kills: .venv/.installed ## kill batches and their workers at random, TIMES (20) each way, and compare what they leave
	$(BIN)/python benchmarks/kills.py $(or $(TIMES),20)

# Without --upgrade the pins that still fit stay: `make lock UPGRADE=--upgrade` moves them all, UPGRADE='-P pandas' one.
# Not uv.lock: that names the address of every file.
lock: ## write requirements.lock and requirements-spark.lock anew from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: install it (pip install uv), then run it again." >&2; exit 1; }
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
		--custom-compile-command "make lock" $(UPGRADE) --extra notebooks --extra documents --extra formats --extra docs --extra class --extra cluster --extra dev --output-file requirements.lock pyproject.toml
	@printf '%s\n' $(SPARK_TESTS) | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
		--custom-compile-command "make lock" $(UPGRADE) --constraints requirements.lock --extra formats --extra spark --output-file requirements-spark.lock pyproject.toml -

clean: ## remove what make made: .venv, outputs and caches
	rm -rf .venv .venv-spark .freeze outputs site dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamp: the environment is brought up to date when, and only when, one of these two files is newer.
# Hashes are checked, and the package itself is installed from the lock alone: no build environment is downloaded.
.venv/.installed: pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "fltoolkit needs Python 3.11 or newer and found no '$(PYTHON)': install it (Debian, Ubuntu: apt install python3 python3-venv), or say make PYTHON=/path/to/python." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "fltoolkit needs Python 3.11 or newer and '$(PYTHON)' is $$($(PYTHON) --version 2>&1): install a newer one, or say make PYTHON=/path/to/python." >&2; exit 1; }
	@$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear .venv >&2 || { rm -rf .venv; echo "fltoolkit could not make .venv: '$(PYTHON) -m venv' failed, and said why above. If Python's venv module is not there, install it (Debian, Ubuntu: apt install python3-venv). Then run make again." >&2; exit 1; }
	@echo "Installing into .venv what requirements.lock names (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# PySpark is 450 MB, which no other test needs. It comes as source: what builds it (setuptools) is installed from the lock before.
.venv-spark/.installed: pyproject.toml requirements-spark.lock .venv/.installed
	@$(BIN)/python -m venv --clear .venv-spark
	@echo "Installing into .venv-spark what requirements-spark.lock names (about two minutes) ..."
	@awk '/^[a-z]/ { other = !/^pyspark==/ } other' requirements-spark.lock > .venv-spark/before.txt
	@$(SPARK_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv-spark/before.txt
	@$(SPARK_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements-spark.lock
	@$(SPARK_BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
