# make report   set up, simulate the embedded data, fit, check, write report/index.html
# make test     set up, then every check: style, types, import order, tests
# make benchmark, make studies, make notebooks, make requirements: see README.md

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PYTHON := .venv/bin/python
READY := .venv/ready

TWINS := data/clean
TRACES := traces/twin-cash-futures-order-flow.nc traces/twin-regimes.nc \
	traces/twin-half-life.nc traces/twin-basis.nc
SEED := 1

# A dozen commands import the same thousands of modules: let Python keep their bytecode.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup report test lint benchmark studies notebooks requirements clean
# A fit that fails its checks keeps its trace, and is not fitted again by the next make.
.PRECIOUS: traces/%.nc $(TWINS)/%.parquet

help:
	@sed -n 's/^# //p' Makefile

setup: $(READY)

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv==$(UV_VERSION)

$(READY): requirements.txt pyproject.toml | $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	$(UV) venv --quiet --allow-existing .venv
	$(UV) pip install --quiet --python $(PYTHON) -r requirements.txt
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	@touch $(READY)

$(TWINS)/price-pressure.parquet: | $(READY)
	$(PYTHON) -m models simulate price-pressure --variant cash-futures-order-flow --seed $(SEED) --out $@

$(TWINS)/%.parquet: | $(READY)
	$(PYTHON) -m models simulate $* --seed $(SEED) --out $@

traces/twin-regimes.nc: $(TWINS)/liquidity-regimes.parquet
	$(PYTHON) -m inference fit liquidity-regimes --panel $< --covariates IV --seed $(SEED) --out $@

traces/twin-basis.nc: $(TWINS)/basis.parquet
	$(PYTHON) -m inference fit basis-decomposition --panel $< --seed $(SEED) --out $@

traces/twin-half-life.nc: $(TWINS)/half-life.parquet
	$(PYTHON) -m inference fit half-life --panel $< --variant proportional-hazard --seed $(SEED) --out $@

traces/twin-%.nc: $(TWINS)/price-pressure.parquet
	$(PYTHON) -m inference fit price-pressure --panel $< --variant $* --seed $(SEED) --out $@

# Two at a time: compiling keeps only one core busy.
report: | $(READY)
	$(MAKE) --no-print-directory --jobs 2 $(TRACES)
	$(PYTHON) -m analysis report $(TRACES) --out report

lint: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

test: lint
	.venv/bin/pytest --numprocesses auto --dist loadfile

benchmark: $(READY)
	$(UV) pip install --quiet --python $(PYTHON) --no-deps -r benchmarks/requirements.txt
	$(PYTHON) -m benchmarks price-pressure --out benchmarks/results/price_pressure.csv
	$(PYTHON) -m benchmarks liquidity-regimes --out benchmarks/results/liquidity_regimes.csv
	$(PYTHON) -m benchmarks half-life --out benchmarks/results/half_life.csv

STUDIES := studies/results
studies: $(READY)
	$(PYTHON) -m studies recovery price-pressure --out $(STUDIES)/price_pressure_recovery.csv
	$(PYTHON) -m studies calibration price-pressure --out $(STUDIES)/price_pressure_calibration.csv
	$(PYTHON) -m studies recovery liquidity-regimes --out $(STUDIES)/liquidity_regimes_recovery.csv
	$(PYTHON) -m studies prior-sensitivity liquidity-regimes --out $(STUDIES)/liquidity_regimes_prior_sensitivity.csv
	$(PYTHON) -m studies ranking liquidity-regimes --out $(STUDIES)/liquidity_regimes_ranking.csv
	$(PYTHON) -m studies variants liquidity-regimes --out $(STUDIES)/liquidity_regimes_variants.csv
	$(PYTHON) -m studies recovery basis-decomposition --out $(STUDIES)/basis_decomposition_recovery.csv
	$(PYTHON) -m studies recovery half-life --out $(STUDIES)/half_life_recovery.csv
	$(PYTHON) -m studies censoring half-life --out $(STUDIES)/half_life_censoring.csv

notebooks: $(READY)
	.venv/bin/jupytext --to ipynb notebooks/*.py
	.venv/bin/jupyter-execute --inplace notebooks/*.ipynb

requirements:
	$(UV) pip compile --quiet --upgrade pyproject.toml --extra dev --python-version 3.13 -o requirements.txt

clean:
	rm -rf .venv .uv report data/clean traces/*.nc
