"""Orders through a mini program or a code: what it opens was never reviewed."""

from collections.abc import Iterator

from detectors.rule import Finding, Rule
from detectors.rules.advertising._cues import of_kind, one, private, unwarned
from detectors.text import Text

RULE = Rule(
    id="advertising.mini-program-call",
    title="扫码、小程序下单",
    why="扫码、小程序口令打开的页面不在审核范围内，多用于卖货；内容还可以随时更换。",
    basis=(
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十二条（二）：不得刊登商业广告或链接商业广告页面",
    ),
    examples=(
        "⟦#小程序://青禾优选/AbCd1234⟧",
        "⟦长按识别二维码购买⟧青禾红枣。",
        "现摘鲜杏上市，⟦扫码下单⟧，次日送达。",
        "点击⟦小程序下单⟧，满百包邮。",
        "扫描下方二维码填写问卷。",
        "扫码关注“云山发布”，了解政策。",
        "市民可扫码领取消费券。",
        "诈骗分子诱导群众扫码下单，请注意防范。",
    ),
)


def find(text: Text) -> Iterator[Finding]:
    """Codes and mini programs that sell."""
    plain = text.plain
    yield from one(RULE, text, private(plain, unwarned(plain, of_kind(plain, "order"))))
