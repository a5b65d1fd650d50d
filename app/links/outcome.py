"""What a visit means: the outcomes, and what a title gives away."""

from __future__ import annotations

import enum
import re

import tldextract

_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # the bundled list, never the network


class Outcome(enum.Enum):
    """How a link fared. ``label`` is for people; ``fails``: counts towards being dead; ``sound``: nothing to do."""

    OK = ("ok", "正常", False)
    MOVED = ("moved", "已迁移，请改用新网址", False)
    EXPIRING = ("expiring", "证书即将到期", False)
    HOME = ("home", "跳到了首页，原网页可能已不在", False)
    ELSEWHERE = ("elsewhere", "跳到了别的网站", False)
    HIJACKED = ("hijacked", "页面标题疑似赌博、色情等内容", False)
    PARKED = ("parked", "域名停放或出售页面", False)
    WRONG_TYPE = ("wrong-type", "文件类型不符", False)
    GONE = ("gone", "页面不存在", True)
    SOFT_GONE = ("soft-gone", "页面显示“不存在”", True)
    ERROR = ("error", "服务器出错", True)
    UNREACHABLE = ("unreachable", "连接不上", True)
    TIMEOUT = ("timeout", "超时", True)
    LOOP = ("loop", "循环跳转", True)
    CERTIFICATE = ("certificate", "证书有问题", True)
    BROKEN = ("broken", "网址写错", True)
    DENIED = ("denied", "拒绝访问或需要登录，未能核实", False)
    BUSY = ("busy", "对方忙，稍后再查", False)
    ROBOTS = ("robots", "对方不允许自动访问，未检查", False)
    UNCHECKED = ("unchecked", "检查程序出错，未检查", False)
    REFUSED = ("refused", "内部或非网页地址，不予访问", False)

    def __init__(self, code: str, label: str, fails: bool) -> None:  # noqa: FBT001 a row of the table above
        self.code, self.label, self.fails = code, label, fails

    @property
    def sound(self) -> bool:
        """The link leads where it should."""
        return self is Outcome.OK

    @property
    def unsure(self) -> bool:
        """Neither good nor bad was seen: what was known before stands."""
        return self in {Outcome.DENIED, Outcome.BUSY, Outcome.ROBOTS, Outcome.UNCHECKED, Outcome.REFUSED}


BY_CODE = {one.code: one for one in Outcome}

_HIJACKED = re.compile(
    r"博彩|赌场|赌博|百家乐|老虎机|六合彩|时时彩|北京赛车|赛车开奖|真人视讯|真人荷官|体育投注|投注平台|娱乐城|彩票网|彩票平台"
    r"|棋牌(?:游戏)?(?:平台|官网|娱乐)|捕鱼(?:游戏|平台)|外围(?:足球|投注)|注册送彩金|成人(?:视频|电影|影院)|午夜福利|一夜情"
    r"|黄色(?:视频|网站)|裸聊|激情视频|av在线|无码|代开发票|办证刻章|\bcasino\b|\bslots?\b|\bpoker\b|\bporn|\bsex\s*(?:video|cam)",
    re.IGNORECASE,
)
_ABOUT_IT = re.compile(r"打击|整治|查处|严打|警惕|防范|宣传|通报|案|禁止|远离|抵制|专项|治理")
_PARKED = re.compile(
    r"域名(?:出售|转让|交易|已过期|停放|到期)|(?:此|该|本)域名(?:可|正在)?(?:出售|转让|待售)|网站(?:已)?(?:关闭|暂停|未备案)"
    r"|domain\s+(?:is\s+)?(?:for sale|parking|parked|expired)|buy this domain|this domain|parked (?:domain|page)|sedo\b",
    re.IGNORECASE,
)
_SOFT_GONE = re.compile(
    r"^\W*404\b|\b404\b.{0,12}(?:not found|错误|页面)|(?:页面|网页|文章|内容|资源|文件)(?:已)?(?:不存在|未找到|找不到|已删除|丢失)"
    r"|找不到(?:该|您|页|网)|您访问的.{0,8}(?:不存在|已删除)|^\W*(?:page )?not found\W*$|无法找到(?:该|网)页",
    re.IGNORECASE,
)


def by_title(title: str) -> Outcome | None:
    """What a title alone gives away. A report about gambling crime is no gambling page."""
    if _SOFT_GONE.search(title):
        return Outcome.SOFT_GONE
    if _HIJACKED.search(title) and not _ABOUT_IT.search(title):
        return Outcome.HIJACKED
    return Outcome.PARKED if _PARKED.search(title) else None


def domain(host: str) -> str:
    """The registrable domain of a host; the host itself where there is none (numbers, names inside)."""
    return _SUFFIXES.extract_str(host).top_domain_under_public_suffix or host


_TYPES = {
    "pdf": ("application/pdf",),
    "doc": ("application/msword", "application/vnd.openxml", "application/wps", "application/vnd.ms-word", "application/kswps"),
    "xls": ("application/vnd.ms-excel", "application/vnd.openxml", "application/x-xls", "application/excel", "application/kset", "text/csv"),
    "ppt": ("application/vnd.ms-powerpoint", "application/vnd.openxml", "application/x-ppt", "application/ksdps"),
    "zip": ("application/zip", "application/x-zip", "application/x-rar", "application/vnd.rar", "application/x-7z", "application/x-compress"),
    "image": ("image/",),
    "film": ("video/", "audio/", "application/vnd.apple.mpegurl", "application/x-mpegurl"),
}  # fmt: skip
_ENDINGS = {
    "pdf": "pdf", "doc": "doc", "docx": "doc", "wps": "doc", "xls": "xls", "xlsx": "xls", "et": "xls", "ppt": "ppt",
    "pptx": "ppt", "zip": "zip", "rar": "zip", "7z": "zip", "jpg": "image", "jpeg": "image", "png": "image", "gif": "image",
    "bmp": "image", "mp4": "film", "mp3": "film", "ofd": "", "csv": "xls",
}  # fmt: skip
_ANY = (
    "application/octet-stream",
    "application/x-download",
    "application/force-download",
    "binary/octet-stream",
)


def is_file(path: str) -> bool:
    """Whether a path looks like an attachment rather than a page."""
    return path.rpartition(".")[2].lower() in _ENDINGS


def wrong_type(path: str, kind: str) -> bool:
    """Whether a file of this name cannot have this media type. What says nothing proves nothing."""
    wanted = _TYPES.get(_ENDINGS.get(path.rpartition(".")[2].lower(), ""), ())
    return bool(wanted and kind) and not kind.startswith((*wanted, *_ANY))
