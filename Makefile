# `make predict` and `make test` set up what they need in .venv and run; `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
OUT ?= out.csv
BIN := $(VENV)/bin
# UV=uv installs with it, several times faster than pip.
UV ?=
environment = $(if $(UV),$(UV) venv --quiet --python $(PYTHON) $(1),$(PYTHON) -m venv $(1))
install = $(if $(UV),$(UV) pip install --quiet --python $(1)/bin/python,$(1)/bin/python -m pip install --quiet --disable-pip-version-check)

.PHONY: help predict serve test coverage test-ray test-vlm test-paddle test-label-studio test-wheel soak licences sbom advisories hashes bench docs lint clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

predict: $(VENV)/core.done ## install the core and answer dataset/test.csv into out.csv
	$(BIN)/python -m extractor predict dataset/test.csv --out $(OUT)

serve: $(VENV)/serve.done ## install the service and open it at http://127.0.0.1:8000: drop a picture on the page
	$(BIN)/python -m extractor serve

test: $(VENV)/dev.done lint ## install the development tools and run all checks and tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup

coverage: $(VENV)/dev.done ## the tests once more, slower, with the lines that they leave out
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup --cov --cov-report=term:skip-covered

lint: $(VENV)/dev.done ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-ray: $(VENV)/dev.done ## run `predict --engine ray` on a cluster of two nodes on this machine
	$(BIN)/python -m pytest tests/ray -m ray

test-vlm: $(VENV)-vlm/done ## run the tests of the vision-language reader, with torch, in an environment of its own
	$(VENV)-vlm/bin/python -m pytest tests/vlm -rs

test-paddle: $(VENV)-paddle/done ## run the tests of the real PaddleOCR, in an environment of its own
	$(VENV)-paddle/bin/python -m pytest tests/ocr/test_paddle.py -rs

test-label-studio: $(VENV)/dev.done $(VENV)-label-studio/done ## send tasks to a real Label Studio and back, which has an environment of its own
	EXTRACTOR_LABEL_STUDIO=$(abspath $(VENV))-label-studio/bin/python $(BIN)/python -m pytest tests/label_studio -rs

test-wheel: $(VENV)/dev.done ## build wheel and sdist, install both outside the checkout, and extract with them
	$(BIN)/python -m pytest tests/wheel -m wheel

soak: $(VENV)/soak.done ## faults, bad input and hostile input in large numbers, for half an hour; see docs/reliability.md
	EXTRACTOR_SOAK=1 $(BIN)/python -m pytest tests/soak --numprocesses 2 --dist loadgroup \
		-m 'soak or not soak' -rsP --durations 20

licences: $(VENV)/dev.done $(VENV)-supply/done ## list the licences of all packages, and refuse those that pyproject.toml does not allow
	$(VENV)-supply/bin/pip-licenses --python $(BIN)/python

sbom: $(VENV)/dev.done $(VENV)-supply/done ## write build/sbom.json: all packages of the environment, as CycloneDX
	@mkdir -p build
	$(VENV)-supply/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json

advisories: $(VENV)-supply/done ## look for known faults of the packages in constraints-hashed.txt, where their source can be reached
	$(VENV)-supply/bin/python .ci/advisories $(VENV)-supply/bin/pip-audit constraints-hashed.txt

hashes: $(VENV)-supply/done ## write constraints-hashed.txt anew from pyproject.toml and constraints.txt
	$(VENV)-supply/bin/uv pip compile pyproject.toml --extra fit --extra report --extra serve --extra tables \
		--constraint constraints.txt --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make hashes; to install: pip install --require-hashes --requirement constraints-hashed.txt' \
		--no-annotate --quiet --output-file constraints-hashed.txt

bench: $(VENV)-bench/done $(VENV)-paddle/done ## what pictures cost, beside stock RapidOCR and PaddleOCR; BENCH="--images DIR --labels FILE"
	$(VENV)-bench/bin/python -m benchmarks --paddle $(VENV)-paddle/bin/python $(BENCH)

docs: $(VENV)/dev.done ## build the documentation into build/site; warnings are errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) $(VENV)-bench $(VENV)-label-studio $(VENV)-paddle $(VENV)-supply $(VENV)-vlm .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info

$(BIN)/python:
	$(call environment,$(VENV))

$(VENV)/core.done: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,$(VENV)) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/serve.done: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,$(VENV)) --constraint constraints.txt --editable '.[serve]'
	@touch $@

$(VENV)/dev.done: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,$(VENV)) --constraint constraints.txt --editable '.[dev]'
	@touch $@

# atheris fuzzes by coverage.
$(VENV)/soak.done: $(VENV)/dev.done
	$(call install,$(VENV)) --constraint constraints.txt atheris
	@touch $@

# PaddleOCR pins versions that the core does not use, hence its own constraints.
$(VENV)-paddle/done: pyproject.toml constraints-paddle.txt
	$(call environment,$(VENV)-paddle)
	$(call install,$(VENV)-paddle) --constraint constraints-paddle.txt --editable '.[paddle]' pytest hypothesis
	@touch $@

# Label Studio pins versions that the core does not use; it is run, and not imported.
$(VENV)-label-studio/done: constraints-label-studio.txt
	$(call environment,$(VENV)-label-studio)
	$(call install,$(VENV)-label-studio) --constraint constraints-label-studio.txt label-studio label-studio-sdk
	@touch $@

$(VENV)-vlm/done: pyproject.toml constraints.txt
	$(call environment,$(VENV)-vlm)
	$(call install,$(VENV)-vlm) --constraint constraints.txt --editable '.[vlm]' pytest hypothesis
	@touch $@

# Tools that look at other environments, so they have one of their own.
$(VENV)-supply/done: Makefile
	$(call environment,$(VENV)-supply)
	$(call install,$(VENV)-supply) cyclonedx-bom==7.5.0 pip-audit==2.10.1 pip-licenses==5.5.5 uv==0.13.9
	@touch $@

$(VENV)-bench/done: pyproject.toml constraints.txt
	$(call environment,$(VENV)-bench)
	$(call install,$(VENV)-bench) --constraint constraints.txt --editable '.[bench]'
	@touch $@
