# Two commands: `make run` and `make test`. Both need only python3 (3.11 or newer), make and git.
# The rest is for people who change the code; CONTRIBUTING.md explains it.

PYTHON ?= python3
IN := .venv/bin/python

.PHONY: run test lint types bench quality proofs audit sbom lock clean for-running for-development

# make run [NOTES=folder [READER=name]]: import the folder, if one is named, into that reader's library, then serve the library until Ctrl-C.
run: for-running
	@exec $(IN) manage.py serve $(if $(NOTES),--notes "$(NOTES)" $(if $(READER),--user "$(READER)"))

# make test: lint, types, all tests on SQLite (browser tests too), and those that touch a database again on PostgreSQL.
test: export DATA_DIR = build/test-data
test: export DATABASE_URL =
test: for-development lint types
	@$(IN) -m tests.chromium
	$(IN) -m pytest -n 2 --dist worksteal
	$(IN) -m tests.postgres $(IN) -m pytest -n 2 --dist worksteal

lint: for-development
	$(IN) -m ruff check

types: for-development
	$(IN) -m mypy

# make bench [ONLY=search]: measure, and write build/bench/results.json. Half an hour at first; ONLY=large, an hour.
bench: for-development
	$(IN) -m bench $(if $(ONLY),--only $(ONLY))

# make quality [COLLECTIONS="folder folder"]: how well the search finds, on SQLite and PostgreSQL. docs/bench.md.
COLLECTIONS ?= tests/search/collection
quality: for-development
	$(IN) -m bench.quality $(COLLECTIONS)

# make proofs: the promises whose proof takes too long for every `make test`. docs/promises.md says what each did.
proofs: for-development
	$(IN) -m pytest -m proofs
	$(IN) -m tests.postgres $(IN) -m pytest -m proofs tests/backups tests/faults tests/fuzz/test_imports.py tests/search

# make audit: look the locked packages up in the public list of known faults, and for their age. Needs uv.
audit:
	sh requirements/ages.sh
	uvx --quiet pip-audit --strict --require-hashes --disable-pip --requirement requirements/run.txt
	uvx --quiet pip-audit --strict --require-hashes --disable-pip --requirement requirements/dev.txt

# make sbom: what a running library is made of, in CycloneDX. Needs uv.
sbom:
	@mkdir -p build
	uvx --quiet --from cyclonedx-bom cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml \
		--mc-type application --output-reproducible --output-format JSON --output-file build/sbom.json

# make lock: choose the newest packages that pyproject.toml allows, and pin them with their hashes. Needs uv.
LOCK = uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header
lock:
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --group dev --constraints requirements/run.txt --output-file requirements/dev.txt

clean:
	rm -rf .venv build staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis

for-running:
	@PYTHON="$(PYTHON)" sh requirements/install.sh run

for-development:
	@PYTHON="$(PYTHON)" sh requirements/install.sh dev
