# The service on a CPU: docker build --tag extractor . && docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8000:8000 extractor
# docs/service.md says how to run it for others.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/extractor
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY extractor ./extractor
COPY ocr ./ocr
COPY rules ./rules
COPY vlm ./vlm
RUN /opt/extractor/bin/pip install --compile --constraint constraints.txt '.[serve]' \
    && /opt/extractor/bin/pip uninstall --yes setuptools pip

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin extractor
COPY --from=build /opt/extractor /opt/extractor
ENV PATH=/opt/extractor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    EXTRACTOR_CONFIG=none
USER 10001
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["extractor"]
CMD ["serve", "--host", "0.0.0.0", "--offline"]
