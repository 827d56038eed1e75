# One image for the web server and the worker. The library itself is in /data, the only place that is written to.
FROM python:3.13-slim-bookworm AS built
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/run.txt
COPY manage.py pyproject.toml ./
COPY library library
COPY templates templates
COPY static static
RUN DATA_DIR=/tmp/data /venv/bin/python manage.py prepare --static \
    && /venv/bin/python -m compileall -q library

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin commonplace \
    && install -d -o commonplace -g commonplace -m 700 /data
COPY --from=built /venv /venv
COPY --from=built /app /app
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve"]
