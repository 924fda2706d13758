# The service without torch: the bundled model needs onnxruntime alone.
#
#   docker build -t ibid .
#   docker run --read-only --tmpfs /tmp -v ibid:/data -v ~/articles:/articles:ro ibid index /articles
#   docker run --read-only --tmpfs /tmp -v ibid:/data -p 127.0.0.1:8000:8000 -e IBID_API_KEY_SHA256=… ibid

FROM python:3.11-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /opt/ibid
COPY requirements.lock .
RUN /opt/ibid/bin/pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY embeddings embeddings
COPY rag rag
COPY api api
RUN /opt/ibid/bin/pip install --no-cache-dir --no-deps .
# Nothing is installed later, and what installs is not served.
RUN /opt/ibid/bin/python -m pip uninstall --yes --quiet pip setuptools

FROM python:3.11-slim-bookworm
COPY --from=build /opt/ibid /opt/ibid
RUN useradd --system --no-create-home ibid && install --directory --owner=ibid --group=ibid /data
USER ibid
ENV PATH=/opt/ibid/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    IBID_DATA=/data \
    IBID_HOST=0.0.0.0
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=10s --interval=10s --timeout=3s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["ibid"]
CMD ["serve"]
