# make report   set up, simulate the embedded data, fit, check, write report/index.html
# make test     set up, then every check: style, types, import order, tests
# make test-long  the tests that take longest: every variant, chains to the report, notebooks
# make test-duckdb   the tests of transactions on the oldest DuckDB allowed
# make golden, make golden-compare   freeze the numbers and words of the reports, compare
# make docs     the documentation site, docs/_build/html/index.html
# make setup    install, and compile the models ahead of their first fit
# make benchmark, make studies, make notebooks, make requirements: see docs/development.md

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PYTHON := .venv/bin/python
READY := .venv/ready
COMPILED := .venv/compiled

TWINS := data/clean
TRACES := traces/twin-cash-futures-order-flow.nc traces/twin-regimes.nc \
	traces/twin-half-life.nc traces/twin-basis.nc
PRESETS := workbench dick-nielsen-2014 wrds tidyfinance dickerson
CLEANED := $(PRESETS:%=$(TWINS)/transactions/%/report.json)
WHO_TRADED := $(TWINS)/who-traded
RULES := finra dick-nielsen-2014 wrds tidyfinance dickerson
PRESET_finra := workbench --two-sided finra
BY_RULES := $(RULES:%=traces/twin-cleaned-%.nc) traces/twin-cleaned-truth.nc
COSTS := traces/twin-costs-absolute.nc traces/twin-costs-signed.nc
SEED := 1
GOLDEN := traces/golden

# A dozen commands import the same thousands of modules: let Python keep their bytecode.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup report test test-long test-duckdb lint docs benchmark studies notebooks requirements \
	golden golden-compare clean
# A fit that fails its checks keeps its trace, and is not fitted again by the next make.
.PRECIOUS: traces/%.nc $(TWINS)/%.parquet

help:
	@sed -n 's/^# //p' Makefile

setup: $(READY) $(COMPILED)

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv==$(UV_VERSION)

$(READY): requirements.txt pyproject.toml | $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	$(UV) venv --quiet --allow-existing .venv
	$(UV) pip install --quiet --python $(PYTHON) -r requirements.txt
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	@touch $(READY)

# What is compiled lies in PyTensor's cache, outside the checkout: later fits find it.
$(COMPILED): $(READY)
	$(PYTHON) -m inference compile
	@touch $@

$(TWINS)/price-pressure.parquet: | $(READY)
	$(PYTHON) -m models simulate price-pressure --variant cash-futures-order-flow --seed $(SEED) --out $@

$(TWINS)/%.parquet: | $(READY)
	$(PYTHON) -m models simulate $* --seed $(SEED) --out $@

traces/twin-regimes.nc: $(TWINS)/liquidity-regimes.parquet
	$(PYTHON) -m inference fit liquidity-regimes --panel $< --covariates IV --seed $(SEED) --force --out $@

traces/twin-basis.nc: $(TWINS)/basis.parquet
	$(PYTHON) -m inference fit basis-decomposition --panel $< --seed $(SEED) --force --out $@

traces/twin-half-life.nc: $(TWINS)/half-life.parquet
	$(PYTHON) -m inference fit half-life --panel $< --variant proportional-hazard --seed $(SEED) --force --out $@

traces/twin-%.nc: $(TWINS)/price-pressure.parquet
	$(PYTHON) -m inference fit price-pressure --panel $< --variant $* --seed $(SEED) --force --out $@

$(TWINS)/transactions/twin/scenario.json: | $(READY)
	$(PYTHON) -m models simulate transactions --seed $(SEED) --to 2018-12-31 --out $(@D)

$(TWINS)/transactions/%/report.json: $(TWINS)/transactions/twin/scenario.json
	$(PYTHON) -m data clean transactions $(<D)/messages --preset $* --out $(@D)

# One set of half-lives, and who traded after each event as several rules see it.
$(WHO_TRADED)/twin/events.csv: | $(READY)
	$(PYTHON) -m models simulate transactions --market treasury --trades 60000 \
		--securities 140 --from 2018-01-02 --to 2024-12-31 --seed $(SEED) \
		--out $(@D) --events-out $@

$(WHO_TRADED)/truth.parquet: $(WHO_TRADED)/twin/events.csv
	$(PYTHON) -m models simulate half-life --microstructure $< --seed $(SEED) --out $@

$(RULES:%=$(WHO_TRADED)/%/report.json): $(WHO_TRADED)/%/report.json: $(WHO_TRADED)/twin/events.csv
	$(PYTHON) -m data clean transactions $(<D)/messages --dialect treasury \
		--preset $(or $(PRESET_$*),$*) --out $(@D)

$(RULES:%=$(WHO_TRADED)/%.csv): $(WHO_TRADED)/%.csv: $(WHO_TRADED)/%/report.json
	$(PYTHON) -m data build microstructure --trades $(<D) --events $(WHO_TRADED)/twin/events.csv \
		--securities $(WHO_TRADED)/twin/securities.csv --out $@

$(RULES:%=$(WHO_TRADED)/%.parquet): $(WHO_TRADED)/%.parquet: $(WHO_TRADED)/%.csv $(WHO_TRADED)/truth.parquet
	$(PYTHON) -m data build covariates --panel $(WHO_TRADED)/truth.parquet --microstructure $< --out $@

$(BY_RULES): traces/twin-cleaned-%.nc: $(WHO_TRADED)/%.parquet
	$(PYTHON) -m inference fit half-life --panel $< --variant proportional-hazard \
		--covariate ats_share --covariate principal_share --covariate total_volume_usd \
		--seed $(SEED) --force --out $@

$(TWINS)/trading-costs.parquet: | $(READY)
	$(PYTHON) -m models simulate trading-costs --securities 40 --days 60 --seed $(SEED) --out $@

$(COSTS): traces/twin-costs-%.nc: $(TWINS)/trading-costs.parquet
	$(PYTHON) -m inference fit trading-costs --panel $< --formula volume-benchmark \
		--response $* --seed $(SEED) --force --out $@

# Two at a time: compiling keeps only one core busy.
report: | $(READY)
	$(MAKE) --no-print-directory --jobs 2 $(TRACES) $(COSTS) $(CLEANED) $(BY_RULES)
	$(PYTHON) -m analysis report $(TRACES) $(COSTS) $(BY_RULES) --out report \
		$(CLEANED:%/report.json=--transactions %) --twin $(TWINS)/transactions/twin

lint: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

docs: $(READY)
	$(PYTHON) -m sphinx -b html -q -W --keep-going docs docs/_build/html

SPREAD := --numprocesses auto --dist loadfile --no-loadscope-reorder

test: lint
	.venv/bin/pytest $(SPREAD) -m "not long"

test-long: $(READY)
	.venv/bin/pytest $(SPREAD) -m long

OLDEST_DUCKDB := .venv/duckdb-1.5
test-duckdb: $(READY)
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --target $(OLDEST_DUCKDB) duckdb==1.5.0
	PYTHONPATH=$(OLDEST_DUCKDB) .venv/bin/pytest tests/transactions

benchmark: $(READY)
	$(UV) pip install --quiet --python $(PYTHON) --no-deps -r benchmarks/requirements.txt
	$(PYTHON) -m benchmarks price-pressure --out benchmarks/results/price_pressure.csv
	$(PYTHON) -m benchmarks liquidity-regimes --out benchmarks/results/liquidity_regimes.csv
	$(PYTHON) -m benchmarks half-life --out benchmarks/results/half_life.csv
	$(PYTHON) -m benchmarks trading-costs --out benchmarks/results/trading_costs.csv
	$(PYTHON) -m benchmarks transactions --out benchmarks/results/transactions.csv

# Beside the results that are kept, to be compared with them; goes on where it was stopped.
STUDIES ?= studies/again
studies: $(READY)
	$(PYTHON) -m studies recovery price-pressure --out $(STUDIES)/price_pressure_recovery.csv
	$(PYTHON) -m studies recovery price-pressure --variant cash-inventory-persistent-errors --out $(STUDIES)/price_pressure_recovery_persistent_errors.csv
	$(PYTHON) -m studies calibration price-pressure --out $(STUDIES)/price_pressure_calibration.csv
	$(PYTHON) -m studies calibration price-pressure --variant cash-inventory-persistent-errors --out $(STUDIES)/price_pressure_calibration_persistent_errors.csv
	$(PYTHON) -m studies recovery liquidity-regimes --out $(STUDIES)/liquidity_regimes_recovery.csv
	$(PYTHON) -m studies calibration liquidity-regimes --days 2440 --out $(STUDIES)/liquidity_regimes_calibration.csv
	$(PYTHON) -m studies fragility liquidity-regimes --out $(STUDIES)/liquidity_regimes_fragility.csv
	$(PYTHON) -m studies prior-sensitivity liquidity-regimes --out $(STUDIES)/liquidity_regimes_prior_sensitivity.csv
	$(PYTHON) -m studies ranking liquidity-regimes --out $(STUDIES)/liquidity_regimes_ranking.csv
	$(PYTHON) -m studies variants liquidity-regimes --out $(STUDIES)/liquidity_regimes_variants.csv
	$(PYTHON) -m studies recovery basis-decomposition --out $(STUDIES)/basis_decomposition_recovery.csv
	$(PYTHON) -m studies recovery basis-events --out $(STUDIES)/basis_events_recovery.csv
	$(PYTHON) -m studies recovery half-life --out $(STUDIES)/half_life_recovery.csv
	$(PYTHON) -m studies calibration half-life --out $(STUDIES)/half_life_calibration.csv
	$(PYTHON) -m studies calibration basis-decomposition --out $(STUDIES)/basis_decomposition_calibration.csv
	$(PYTHON) -m studies calibration basis-events --days 500 --out $(STUDIES)/basis_events_calibration.csv
	$(PYTHON) -m studies censoring half-life --out $(STUDIES)/half_life_censoring.csv
	$(PYTHON) -m studies missing half-life --out $(STUDIES)/half_life_missing.csv
	$(PYTHON) -m studies recovery trading-costs --out $(STUDIES)/trading_costs_recovery.csv
	$(PYTHON) -m studies false-positives trading-costs --out $(STUDIES)/trading_costs_noise_only.csv
	$(PYTHON) -m studies calibration trading-costs --out $(STUDIES)/trading_costs_calibration.csv
	$(PYTHON) -m studies recovery transactions --out $(STUDIES)/transactions_recovery.csv

golden: $(READY)
	$(PYTHON) -m tests.golden_master freeze $(GOLDEN)

golden-compare: $(READY)
	$(PYTHON) -m tests.golden_master compare $(GOLDEN)

notebooks: $(READY)
	.venv/bin/jupytext --to ipynb notebooks/*.py
	.venv/bin/jupyter-execute --inplace notebooks/*.ipynb

requirements:
	$(UV) pip compile --quiet --upgrade pyproject.toml --extra dev --python-version 3.13 -o requirements.txt

clean:
	rm -rf .venv .uv report docs/_build data/clean traces/*.nc
