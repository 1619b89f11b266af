# Needs DATABASE_URL, IMI_SIGNING_KEY, IMI_PUBLIC_URL and IMI_SMTP_URL; keeps files in /var/lib/imi unless
# IMI_FILES_URL names a bucket.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/opt/imi/bin:$PATH
RUN python -m venv /opt/imi \
    && useradd --system --no-create-home --home-dir /var/lib/imi imi \
    && install -d -o imi -g imi -m 700 /var/lib/imi

WORKDIR /srv/imi
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md alembic.ini ./
COPY migrations migrations
COPY app app
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . && python -m compileall -q app

USER imi
ENV IMI_MODE=production IMI_DATA_DIR=/var/lib/imi IMI_LOG_JSON=true
VOLUME /var/lib/imi
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["imi", "serve", "--host", "0.0.0.0"]
