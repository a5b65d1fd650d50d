# Every target does its own set-up and needs only Python 3.11 to 3.13, pip and make.
# The second run finds the stamps in .venv and starts at once.

PYTHON  ?= python3

# "=" where PYTHON has "?=": only the command line may change these. Shells and desktops set HOST and the like for
# reasons of their own, and the service must not leave 127.0.0.1 by accident.
HOST     = 127.0.0.1
PORT     = 8000
WORKERS  = logical
CHROMIUM = yes
MODEL    = yes
ARGS     =

# Published only as source, both pure Python. Everything else must be a wheel: nothing is compiled here.
# A server without wheels (LoongArch) can extend the list.
SOURCE  ?= jieba,lunar-python

VENV := .venv
PY   := $(VENV)/bin/python

# pip installs, because pip obeys the mirror the office has configured and uv does not; uv only reads the lock.
# The lock is complete, so pip need not resolve (--no-deps); a file whose hash differs is refused.
INSTALL := install --quiet --disable-pip-version-check --no-deps
HASHED  := $(INSTALL) --require-hashes --only-binary=:all:
EXPORT  := $(VENV)/bin/uv export --quiet --frozen --offline --no-cache --no-config \
           --no-header --no-annotate --no-emit-project

# A pip configured with "user = true" cannot install into a virtual environment.
export PIP_USER := 0

.DEFAULT_GOAL := help
.PHONY: help install serve test bench reliability sbom lint clean chromium model
.SUFFIXES:

help:
	@printf '%s\n' \
	'先审 Xianshen：政府网站和公众号发布前审查 / pre-publication screening' \
	'' \
	'  make serve     启动服务，浏览器打开 http://$(HOST):$(PORT) / start the service' \
	'  make test      运行全部测试 / run all tests' \
	'  make bench     测速度和准确率 / measure speed and accuracy' \
	'  make reliability  故障、攻击、过载、断电各试一遍，约四十分钟 / try faults, attacks, load and kills' \
	'  make sbom      软件物料清单 build/sbom.cdx.json / software bill of materials' \
	'  make lint      检查代码风格和类型 / check style and types' \
	'  make install   只安装运行环境 / only install into $(VENV)' \
	'  make clean     删除运行环境和缓存，不动 var/ 中的登记数据 / remove $(VENV) and caches, never the data in var/' \
	'' \
	'首次运行自动安装；下载走 pip 已配置的镜像，逐个核对哈希。' \
	'The first run installs by itself, from the mirror configured in pip, every file checked by its hash.' \
	'' \
	'  PYTHON=python3.12      用哪个 Python（3.11 至 3.13；已安装过的先 make clean） / which Python; make clean first to change' \
	'  HOST=0.0.0.0 PORT=80   服务地址 / where to serve' \
	'  ARGS="-k phone"        传给 pytest 或测评的参数 / arguments for pytest or the benchmarks' \
	'  CHROMIUM=no            make test 不安装 Chromium / do not install Chromium' \
	'  MODEL=no               不获取错别字检查的语言模型 / do not fetch the language model'

install: $(VENV)/.installed
	@echo '运行环境已就绪：$(VENV) / ready: $(VENV)'

serve: $(VENV)/.installed model
	$(PY) -m app serve --host $(HOST) --port $(PORT)

# One test file stays in one worker, so that a server or browser started for a file is started once.
test: $(VENV)/.installed-dev chromium model
	$(PY) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

bench: $(VENV)/.installed-dev model
	$(PY) -m benchmarks $(ARGS)

# Faults, attacks, load and kills on loopback, about forty minutes; writes docs/reliability.md. ARGS=--short takes minutes.
reliability: $(VENV)/.installed-dev chromium model
	$(PY) -m benchmarks.reliability $(ARGS)

# What is inside, for whoever must know (CycloneDX): every package of the lock with version and hash, nothing fetched.
sbom: $(VENV)/.tools
	@mkdir -p build
	@$(VENV)/bin/uv export --quiet --frozen --offline --no-cache --no-config --no-default-groups --format cyclonedx1.5 \
	--output-file build/sbom.cdx.json >/dev/null
	@echo '软件物料清单：build/sbom.cdx.json / software bill of materials'

lint: $(VENV)/.installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv and pip come first, their hashes read from uv.lock by Python itself; uv then exports the rest.
# Debian splits ensurepip off into python3-venv; without it the machine's own pip does the first step.
$(VENV)/.tools: uv.lock pyproject.toml scripts/locked.py
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { printf '%s\n' \
	'需要 Python 3.11、3.12 或 3.13，而“$(PYTHON)”不是。请指定，例如：make install PYTHON=python3.12' \
	'Python 3.11, 3.12 or 3.13 is needed and "$(PYTHON)" is not one. Name it, e.g.: make install PYTHON=python3.12' >&2; exit 1; }
	@echo '正在准备 $(VENV)…… / preparing $(VENV) ...'
	@$(PY) -c '' 2>/dev/null || $(PYTHON) -m venv --clear --without-pip $(VENV) || { printf '%s\n' \
	'无法建立虚拟环境。Debian/Ubuntu 请先运行：apt-get install python3-venv' \
	'Cannot make a virtual environment. On Debian/Ubuntu run first: apt-get install python3-venv' >&2; exit 1; }
	@$(PY) scripts/locked.py pip uv > $(VENV)/tools.txt
	@if $(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null 2>&1; \
	then $(PY) -m pip $(HASHED) -r $(VENV)/tools.txt; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; \
	then $(PYTHON) -m pip --python $(PY) $(HASHED) -r $(VENV)/tools.txt; \
	else printf '%s\n' \
	'找不到 pip。Debian/Ubuntu 请先运行：apt-get install python3-venv；其他系统请安装 pip。' \
	'pip is missing. On Debian/Ubuntu run first: apt-get install python3-venv; elsewhere install pip.' >&2; exit 1; fi
	@$(EXPORT) --only-group build > $(VENV)/build.txt
	@$(PY) -m pip $(HASHED) -r $(VENV)/build.txt
	@touch $@

# No build isolation: it would fetch a setuptools that nobody has checked. Ours is in the lock, with its hash.
$(VENV)/.installed: $(VENV)/.tools
	@echo '正在安装依赖，首次约需一两分钟…… / installing dependencies, a minute or two the first time ...'
	@$(EXPORT) --no-default-groups > $(VENV)/run.txt
	@$(PY) -m pip $(HASHED) --no-binary=$(SOURCE) --no-build-isolation -r $(VENV)/run.txt
	@$(PY) -m pip $(INSTALL) --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo '正在安装测试工具…… / installing the test tools ...'
	@$(EXPORT) --only-group dev > $(VENV)/dev.txt
	@$(PY) -m pip $(HASHED) -r $(VENV)/dev.txt
	@touch $@

# Wrong characters that no list holds are found with a language model of Debian's. Without it the lookup still runs.
model: $(VENV)/.installed
	@[ '$(MODEL)' != yes ] || $(PY) scripts/language_model.py || true

# The browser tests drive a Chromium of the system. Without one they are left out: said here, never a failure.
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	{ [ '$(CHROMIUM)' = yes ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	echo '正在安装 Chromium 和中文字体（CHROMIUM=no 可略过）…… / installing Chromium and Chinese fonts ...' && \
	export DEBIAN_FRONTEND=noninteractive && apt-get -qq -o Acquire::http::Timeout=30 update && \
	apt-get -qq -o Acquire::http::Timeout=30 install -y --no-install-recommends chromium fonts-noto-cjk </dev/null; } || \
	printf '%s\n' '没有 Chromium，浏览器测试不运行，其余测试照常。' 'No Chromium: the browser tests are left out, all others run.'
