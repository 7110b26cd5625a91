# The image of every machine of a cluster: docker build --file examples/ray.Dockerfile --tag extractor-ray .
# s3fs reads and writes s3:// addresses; for others take gcsfs (gs://) or adlfs (abfs://). With --vlm: '.[ray,vlm]'.
FROM rayproject/ray:2.60.0-py311
COPY --chown=ray pyproject.toml constraints.txt README.md LICENSE NOTICE /tmp/extractor/
COPY --chown=ray extractor /tmp/extractor/extractor
COPY --chown=ray ocr /tmp/extractor/ocr
COPY --chown=ray rules /tmp/extractor/rules
COPY --chown=ray vlm /tmp/extractor/vlm
RUN pip install --no-cache-dir --constraint /tmp/extractor/constraints.txt '/tmp/extractor[ray]' s3fs
ENV EXTRACTOR_CONFIG=none RAY_USAGE_STATS_ENABLED=0
