"""``xianshen accounts …``: people and keys, for the first administrator and for scripts."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.register.cli import fail, opened

commands = typer.Typer(name="accounts", help="账户和系统密钥。", no_args_is_help=True, add_completion=False)
_BY = "cli"


@commands.command()
def add(  # noqa: PLR0913 each is an option of the command
    login: Annotated[str, typer.Argument(help="账号")],
    name: Annotated[str, typer.Option(help="真实姓名")],
    role: Annotated[
        list[str],
        typer.Option(
            help="editor reviewer secrecy approver publisher keeper administrator auditor，可多次给出"
        ),
    ],
    unit: Annotated[str, typer.Option(help="所在单位")] = "",
    post: Annotated[list[str] | None, typer.Option(help="职务，如 分管领导；可多次给出")] = None,
    all_units: Annotated[bool, typer.Option("--all-units", help="办理全部单位的稿件")] = False,  # noqa: FBT002
    contractor: Annotated[bool, typer.Option("--contractor", help="外聘人员")] = False,  # noqa: FBT002
) -> None:
    """新建账户，打印一次性的初始密码；首次登录须更换。"""
    from app.accounts import passwords, people

    made = passwords.new_password()
    account = people.Account(
        login, name, unit, "all" if all_units else "own", tuple(role), tuple(post or ()),
        "contractor" if contractor else "permanent",
    )  # fmt: skip
    with opened() as register:
        register.call(people.adding(account, made, _BY))
    typer.echo(f"已建立账户 {login}（{name}）。初始密码：{made}")


@commands.command("list")
def listing() -> None:
    """列出全部账户和系统密钥。"""
    from rich.console import Console
    from rich.table import Table

    from app.accounts import keys, people
    from app.register.clock import shown
    from app.register.way import ROLES

    with opened() as register:
        everybody, known = people.listed(register), keys.listed(register)
    table = Table("账号", "姓名", "单位", "角色", "职务", "状态")
    for one in everybody:
        roles = "、".join(ROLES[role] for role in one["roles"])
        state = "停用" if one["disabled"] else "启用"
        table.add_row(one["login"], one["name"], one["unit"], roles, "、".join(one["posts"]), state)
    Console().print(table)
    table = Table("密钥", "名称", "单位", "权限", "有效至")
    for one in known:
        until = "已撤销" if one["revoked"] else shown(one["expires"])
        table.add_row(one["prefix"], one["name"], one["unit"] or "全部", "、".join(one["scopes"]), until)
    Console().print(table)


def _set(login: str, what: str, done: str, **values: Any) -> None:  # noqa: ANN401 columns
    from app.accounts import people

    with opened() as register:
        register.call(people.setting(login, _BY, what, **values))
    typer.echo(f"{login} {done}")


@commands.command()
def disable(login: Annotated[str, typer.Argument(help="账号")]) -> None:
    """停用账户，立即退出。账号不再给别人用。"""
    _set(login, "account-disabled", "已停用", disabled=True)


@commands.command()
def enable(login: Annotated[str, typer.Argument(help="账号")]) -> None:
    """重新启用账户。"""
    _set(login, "account-enabled", "已启用", disabled=False)


@commands.command()
def unlock(login: Annotated[str, typer.Argument(help="账号")]) -> None:
    """解除锁定。"""
    _set(login, "account-unlocked", "已解锁", locked_until="", failures=0)


@commands.command()
def reset(login: Annotated[str, typer.Argument(help="账号")]) -> None:
    """重置密码并停用动态口令，打印一次性的初始密码。"""
    from app.accounts import passwords, people

    made = passwords.new_password()
    with opened() as register:
        register.call(people.passing(login, made, _BY))
        register.call(people.setting(login, _BY, "totp-off", totp=b"", totp_last=0))
    typer.echo(f"{login} 的初始密码：{made}")


@commands.command("key")
def key(
    name: Annotated[str, typer.Argument(help="用途，如 门户网站CMS")],
    scope: Annotated[list[str], typer.Option(help="screen records lexicons metrics，可多次给出")],
    unit: Annotated[str, typer.Option(help="只用于这个单位；不写为全部")] = "",
    days: Annotated[int, typer.Option(help="有效天数", min=1, max=730)] = 365,
) -> None:
    """新建系统密钥，只显示这一次。请求时放在 Authorization: Bearer 或 X-API-Key。"""
    from app.accounts import keys
    from app.accounts.people import AccountError

    with opened() as register:
        try:
            whole, job = keys.adding(register.keys, name, scope, unit, days, _BY)
        except AccountError as error:
            raise fail(str(error)) from error
        register.call(job)
    typer.echo(whole)


@commands.command("revoke")
def revoke(prefix: Annotated[str, typer.Argument(help="密钥编号（xs_ 之后的八位）")]) -> None:
    """撤销系统密钥。"""
    from app.accounts import keys

    with opened() as register:
        register.call(keys.revoking(prefix, _BY))
    typer.echo(f"已撤销 {prefix}")
