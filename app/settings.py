"""Environment (prefix XIANSHEN_) → one frozen Settings. Read only in ``main.py`` and ``__main__.py``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Words = Annotated[tuple[str, ...], NoDecode]
Folders = Annotated[tuple[Path, ...], NoDecode]


class SettingsError(ValueError):
    """A setting that cannot be used; the message names the variable and what it expects."""


class Settings(BaseSettings):
    """Every setting, each with a default that works. Lists are written with commas."""

    model_config = SettingsConfigDict(env_prefix="XIANSHEN_", frozen=True, extra="ignore")

    home: Path = Field(Path("var"), description="数据目录")
    checklists: Words = Field(("yijun-release-2022",), description="默认适用的制度，可写多个，逗号分隔")
    checklist_folders: Folders = Field((), description="本单位自己的制度文件所在文件夹")
    roles: Path | None = Field(None, description="TOML 文件：制度未规定、须由本单位指定的审批人等")
    lexicons: Folders = Field((), description="本单位自己的词库文件夹（在自带词库之外）")
    tables: Folders = Field((), description="本单位自己的名册、稿源、链接等数据表文件夹")
    canary: Path | None = Field(
        None, description="文件夹：本单位确认没有问题的稿件，新词在其中误报过多即不收"
    )
    archive: str = Field(
        "", description="已发布稿件的存档，供新词试查（文件夹、zip、warc、jsonl、csv、parquet）"
    )
    unit: str = Field("", description="请求未写明时的发文单位名称")
    unit_kind: Literal["", "government", "department", "township", "internal-section"] = Field(
        "", description="请求未写明时的单位类别"
    )
    own_domains: Words = Field((), description="本单位自己的域名")
    approved_domains: Words = Field((), description="经批准可以链接的其他域名")
    public_phones: Words = Field((), description="本单位主动公开的电话")
    matcher: Literal["", "daachorse", "pyahocorasick"] = Field("", description="词语匹配引擎；留空自动选择")
    language_model: str = Field(
        "",
        description="错别字检查所用的语言模型（KenLM 三元模型，如 zh_CN.lm）；留空：系统软件包或数据目录 cache 中有就用；off：不用",
    )
    learnt: Path | None = Field(
        None, description="xianshen learn 生成的文件：本单位已发布稿件中的用词；留空：数据目录中的 learnt.tsv"
    )
    max_characters: int = Field(1_000_000, gt=0, description="单篇最多字符数，超出返回 413")
    max_bytes: int = Field(4 * 1024 * 1024, gt=0, description="请求体最多字节数，超出返回 413")
    body_seconds: float = Field(10, gt=0, description="请求体须在几秒内收完")
    max_file_bytes: int = Field(20 * 1024 * 1024, gt=0, description="上传文件最多字节数，超出返回 413")
    file_seconds: float = Field(60, gt=0, description="上传的文件须在几秒内收完")
    paper_seconds: float = Field(
        10, gt=0, description="读取一个 Word、PDF 或表格文件最多几秒，超出即为未能读取"
    )
    extension_origins: Words = Field(
        ("moz-extension://*", "chrome-extension://*", "safari-web-extension://*"),
        description="可以从浏览器跨域调用 /v2/ 的来源；带 * 的只在本机访问时有效",
    )

    telemetry: str = Field(
        "",
        description="OpenTelemetry 收集端的地址（OTLP/HTTP，如 http://127.0.0.1:4318/v1/traces），须安装 xianshen[telemetry]；留空：不用",
    )

    record: bool = Field(default=False, description="请求未写明 record 时是否登记")
    database_url: str = Field(
        "",
        repr=False,
        description="登记簿数据库：postgresql://… 或 sqlite:///文件；留空用数据目录中的 SQLite",
    )
    secret_key: str = Field(
        "", repr=False, description="登记簿密钥，至少 32 个字符；留空用数据目录中的 secret.key"
    )
    keep_text: bool = Field(default=False, description="登记时是否加密保存原文，供核对时对照")
    retention_days: int = Field(400, ge=366, description="登记和审计日志的最短保管天数，不得少于 366")
    steps: Path | None = Field(None, description="TOML 文件：本单位各制度的三审三校步骤")
    workdays: Path | None = Field(None, description="CSV 文件：本单位补充的放假（休）和调休上班（班）日期")
    auth: Literal["", "on", "off"] = Field(
        "", description="是否须登录；留空：有账户即须登录，没有账户时只接受本机访问"
    )
    session_minutes: int = Field(15, gt=0, le=60, description="登录后多少分钟不操作即退出")
    password_days: int = Field(180, gt=0, description="密码多少天须更换")
    two_factor: bool = Field(default=False, description="是否所有账户都须启用动态口令")

    @field_validator(
        "checklists", "own_domains", "approved_domains", "public_phones", "extension_origins", mode="before"
    )
    @classmethod
    def _words(cls, value: Any) -> Any:  # noqa: ANN401 whatever the environment holds
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("checklist_folders", "lexicons", "tables", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:  # noqa: ANN401 whatever the environment holds
        return (
            tuple(Path(part.strip()) for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    def filled_roles(self) -> dict[str, dict[str, str]]:
        """The operator's choices: checklist id → open entry → role.

        Raises:
            SettingsError: the file is missing or is not a table of tables of words.
        """
        if self.roles is None:
            return {}
        try:
            data = tomllib.loads(self.roles.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            message = f"XIANSHEN_ROLES={self.roles}: {error}"
            raise SettingsError(message) from error
        for name, table in data.items():
            if not isinstance(table, dict) or not all(isinstance(one, str) and one for one in table.values()):
                message = f'XIANSHEN_ROLES={self.roles}: [{name}] 应为“条目 = "职务"”的表'
                raise SettingsError(message)
        return data


def read() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: naming the variable and the reason.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"XIANSHEN_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()]
        raise SettingsError("；".join(lines)) from error


def table() -> list[tuple[str, str, str]]:
    """Name, default and meaning of every setting, for the help page."""
    return [
        (f"XIANSHEN_{name.upper()}", _shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value) if isinstance(value, Path) else json.dumps(value).strip('"')
