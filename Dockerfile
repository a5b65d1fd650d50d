# Two stages: the first has the network and the tools, the second has only what runs. Nothing is fetched at run time.
#
#   docker build -t xianshen .
#   docker run --read-only --tmpfs /tmp -v xianshen:/data -p 8000:8000 xianshen
#
# Behind a mirror: --build-arg BASE=<registry>/python:3.13-slim --build-arg PIP_INDEX_URL=<mirror>

ARG BASE=python:3.13-slim

FROM ${BASE} AS build
ARG PIP_INDEX_URL
WORKDIR /src

# The same steps as in the Makefile, every file checked by its hash. The dependencies come before the sources:
# they change seldom, and Docker keeps the layer.
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY scripts ./scripts
RUN set -eu; \
    python -m venv /tools; \
    hashed="--no-cache-dir --no-deps --require-hashes --only-binary=:all:"; \
    export="/tools/bin/uv export --quiet --frozen --offline --no-cache --no-header --no-annotate --no-emit-project"; \
    python scripts/locked.py pip uv > /tools/tools.txt; \
    /tools/bin/python -m pip install $hashed -r /tools/tools.txt; \
    $export --only-group build > /tools/build.txt; \
    /tools/bin/python -m pip install $hashed -r /tools/build.txt; \
    $export --no-default-groups > /tools/run.txt; \
    /tools/bin/python -m pip wheel $hashed --no-binary=jieba,lunar-python --no-build-isolation \
        --wheel-dir /wheels -r /tools/run.txt

COPY lexicons ./lexicons
COPY detectors ./detectors
COPY app ./app
RUN set -eu; \
    /tools/bin/python -m pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheels .; \
    python -m venv --without-pip /opt/xianshen; \
    /tools/bin/python -m pip --python /opt/xianshen/bin/python install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM ${BASE}
COPY --from=build /opt/xianshen /opt/xianshen

# The language model for wrong characters that no list holds. Behind a wall without Debian: --build-arg MODEL=no
ARG MODEL=yes
RUN if [ "$MODEL" = yes ]; then \
        apt-get -qq update && apt-get -qq install -y --no-install-recommends libime-data-language-model \
        && rm -rf /var/lib/apt/lists/* /usr/lib/*/libime/*.predict; \
    fi

# Days begin and end as in the office: a waiver's last day, a deadline, the year of a number. CST-8 is China's time, with
# or without a table of zones in the image. Everything that is written goes to /data; a user by number satisfies "must not run as root" on any cluster.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin xianshen \
    && install --directory --owner=10001 --group=10001 --mode=0750 /data
ENV PATH=/opt/xianshen/bin:$PATH \
    XIANSHEN_HOME=/data \
    TZ=CST-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000

# http.client, not urllib: a proxy set for the container must not be asked about 127.0.0.1.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]
CMD ["xianshen", "serve", "--host", "0.0.0.0", "--port", "8000"]
