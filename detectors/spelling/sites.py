"""Places of a page where another word reads better, and everything that speaks for and against it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from detectors.spelling import lattice as lattices
from detectors.spelling.lattice import Bools, Lattice, pair_scores, triple_gain
from detectors.spelling.model import ANY, FAR, LETTERS, NEIGHBOUR_STEPS, SAME, ranges
from detectors.spelling.proposals import Proposals, Scored, propose, score

if TYPE_CHECKING:
    from detectors.spelling.model import I64, Model

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文樊倪严牛温芦季俞章鲁葛韦申尤毕聂焦向柳邢"
    "路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强"
    "柴华车冉房边净阴闫佘练骆付代麦容悲初瞿褚班全名井米谈宫虞奚"
)
# The characters with which foreign names are written.
_FOREIGN = (
    "阿埃艾爱安奥巴班邦保堡贝本比彼边宾波伯勃博布查达戴丹德登迪底蒂丁东杜顿多厄恩尔法凡菲费芬佛弗夫福盖冈戈哥格根古瓜圭哈海"
    "汉汗豪赫黑亨胡华霍基吉季加贾杰金津卡凯坎康考科克肯库夸奎拉莱兰朗劳勒雷里黎理利立丽莉连廉列林琳隆卢鲁路伦罗洛马玛迈麦曼毛"
    "梅门蒙孟米密明缪莫姆木穆娜纳乃南内尼涅宁努诺欧帕派潘佩蓬皮平珀普奇齐恰乔切琴丘让热日茹瑞若萨塞赛桑瑟森沙山珊尚圣施什史舒"
    "顺斯丝苏索塔泰坦唐陶特藤提廷图托瓦万威韦维魏温文翁沃乌伍西希锡夏香谢欣辛休雅亚延扬耶叶伊易因英尤约泽扎詹珍朱兹佐"
)
_GRAIN = np.float32(64)  # features in steps: the last bit of a sum never decides
_MOST_COUNTED = 5  # a form that stands on a page so often is meant

FEATURES = (
    "score", "gain", "kind", "shape_rank", "length", "place",
    "triple_gain", "new_triples", "old_triples", "left_triple", "right_triple",
    "left_seen", "right_seen", "left_score", "right_score", "at_start", "at_end",
    "word_score", "word_frequency", "old_share", "new_share",
    "replaced", "old_length", "old_score", "old_frequency", "old_outside",
    "left_length", "right_length", "old_left_seen", "old_right_seen", "old_cost", "old_cost_all",
    "run", "surname_first", "title_before", "place_after", "quoted", "numbered", "new_neighbours", "old_neighbours",
    "alone_here", "alone_around", "surname", "foreign", "rivals", "lead", "odd_around", "same_here", "meant_here",
)  # fmt: skip


class Setting(NamedTuple):
    """How widely to look."""

    least: float  # score of a proposal that is considered
    open_cost: float  # log10 P of a word and the next, above which neither is looked at
    odd_cost: float  # the same for words all of whose characters may be wrong
    wide: bool  # whole words that only nearly sound alike; single characters inside of words


class Sites(NamedTuple):
    """Columns; one row is one place and the best word for it. ``features`` [row, FEATURES].

    ``effort`` is what finding them cost, reckoned from counts (some microseconds of 2025): the same on every machine,
    so that what is read of an endless page is the same too.
    """

    start: I64
    length: I64
    word: I64
    kind: I64
    standing: npt.NDArray[np.float64]  # log10 P of the run as it stands
    gain: npt.NDArray[np.float64]
    features: npt.NDArray[np.float32]
    effort: float


class _Path(NamedTuple):
    """The best reading as it stands, word by word."""

    edge: I64
    start: I64
    end: I64
    word: I64
    joined: Bools  # follows the word before without anything between
    score: npt.NDArray[np.float64]
    seen: Bools
    cost: npt.NDArray[np.float64]  # of the word and the one after it


def _table(letters: str) -> Bools:
    table = np.zeros(LETTERS, dtype=np.bool_)
    table[lattices.letters_of(letters)] = True
    table[0] = False
    return table


_IS_SURNAME, _IS_FOREIGN = _table(_SURNAMES), _table(_FOREIGN)


def find(model: Model, plain: str, setting: Setting) -> Sites:
    """Sites of a piece of text, in text order."""
    letters = lattices.letters_of(plain)
    lattice = lattices.read(model, letters)
    path = _path(model, lattice)
    of = np.full(len(letters), -1, dtype=np.int64)
    owner, at = ranges(path.start, path.end - path.start)
    of[at] = owner
    chinese = of >= 0
    cost = np.where(chinese, path.cost[of], 0.0) if len(path.cost) else np.zeros(len(letters))
    open_ = chinese & (cost < setting.open_cost)
    alone = np.zeros(len(letters), dtype=bool)
    alone[path.start[path.end - path.start == 1]] = True
    found = propose(
        model,
        lattice,
        open_,
        chinese & (cost < setting.odd_cost),
        open_ if setting.wide else open_ & alone,
        blurred=setting.wide,
    )
    scored = score(model, lattice, found, setting.least)
    effort = 2.0 * len(letters) + 0.4 * len(found.start) + 5.0 * len(scored.gain)
    return _settled(model, plain, lattice, path, of, scored, effort)


def _path(model: Model, lattice: Lattice) -> _Path:
    edge = lattice.path()
    start, end, word = lattice.start[edge], lattice.end[edge], lattice.word[edge]
    joined = np.zeros(len(edge), dtype=bool)
    joined[1:] = start[1:] == end[:-1]
    before = np.where(joined, np.concatenate([[-1], word[:-1]]) if len(word) else word, -1)
    scores, seen = pair_scores(model, before, word)
    following = np.append(np.where(joined, scores, 0.0)[1:], 0.0) if len(word) else scores
    return _Path(edge, start, end, word, joined, scores, seen, scores + following)


def _best(scored: Scored, value: npt.NDArray[np.float64]) -> tuple[I64, npt.NDArray[np.float64], I64]:
    """Of overlapping proposals the best; with it the best of the others and how many come near."""
    starts, lengths = scored.proposals.start.tolist(), scored.proposals.length.tolist()
    values = value.tolist()
    taken: dict[int, int] = {}
    chosen: list[int] = []
    second: list[float] = []
    near: list[int] = []
    for row in np.argsort(-value, kind="stable").tolist():
        places = range(starts[row], starts[row] + lengths[row])
        owner = next((taken[place] for place in places if place in taken), None)
        if owner is None:
            taken.update(dict.fromkeys(places, len(chosen)))
            chosen.append(row)
            second.append(-3.0)
            near.append(0)
        else:
            second[owner] = max(second[owner], values[row])
            near[owner] += values[row] > values[chosen[owner]] - 1
    order = sorted(range(len(chosen)), key=lambda one: starts[chosen[one]])
    return (
        np.array([chosen[one] for one in order], dtype=np.int64),
        np.array([second[one] for one in order]),
        np.array([near[one] for one in order], dtype=np.int64),
    )


class _Context(NamedTuple):
    """What words before the last add to each proposal and to what stands there."""

    left: I64  # word
    right: I64
    new: npt.NDArray[np.float64]
    old: npt.NDArray[np.float64]
    left_seen: Bools
    right_seen: Bools

    def only(self, rows: I64) -> _Context:
        return _Context(
            self.left[rows], self.right[rows], self.new[rows], self.old[rows], self.left_seen[rows], self.right_seen[rows]
        )  # fmt: skip


def _context(model: Model, lattice: Lattice, path: _Path, of: I64, scored: Scored) -> _Context:
    def word_of(edge: I64) -> I64:
        return np.where(edge >= 0, lattice.word.take(np.maximum(edge, 0)), -1)

    def beside(links: I64, edge: I64) -> I64:
        return np.where(edge >= 0, links.take(np.maximum(edge, 0)), -1)

    if not len(scored.left):
        none, zero = np.zeros(0, dtype=np.int64), np.zeros(0)
        return _Context(none, none, zero, zero, none > 0, none > 0)
    proposals = scored.proposals
    left, right = word_of(scored.left), word_of(scored.right)
    before, after = word_of(beside(lattice.back, scored.left)), word_of(beside(lattice.forth, scored.right))
    count = len(left)
    gains, seen = triple_gain(
        model,
        np.concatenate([before, left, proposals.word]),
        np.concatenate([left, proposals.word, right]),
        np.concatenate([proposals.word, right, after]),
    )
    new = gains[:count] + gains[count : 2 * count] + gains[2 * count :]
    first, last = of[proposals.start], of[proposals.start + proposals.length - 1]
    middle = seen[count : 2 * count]
    return _Context(
        left,
        right,
        new,
        _old_triples(model, path, first, last),
        seen[:count] | middle,
        middle | seen[2 * count :],
    )


def _settled(  # noqa: PLR0913 what is known of a piece
    model: Model, plain: str, lattice: Lattice, path: _Path, of: I64, scored: Scored, effort: float
) -> Sites:
    every = _context(model, lattice, path, of, scored)
    padded = np.concatenate([[0, 0], lattice.letters, [0, 0]])
    beside = _beside(model, padded, scored.proposals)
    values = _preferred(model, scored, every, beside)
    rows, second, near = _best(scored, values)
    start, length, word, place, kind, shape_rank = scored.proposals.only(rows)
    gain, value, context = scored.gain[rows], values[rows], every.only(rows)
    left, right = scored.left[rows], scored.right[rows]
    first, last, here = of[start], of[start + length - 1], of[start + place]
    size = path.end - path.start
    sums = np.concatenate([[0.0], np.cumsum(path.score)])
    low, high = np.maximum(first - 1, 0), np.minimum(last + 2, len(size))
    odd_around = (
        (sums[high] - sums[low]) / np.maximum(1, path.end[high - 1] - path.start[low]) if len(rows) else value
    )
    seen_right = np.append(path.seen[1:], False) if len(size) else path.seen
    follows = path.cost - path.score
    crowd = _crowds(path, size)
    old = padded[start + place + 2]
    foreign = sum(_IS_FOREIGN[padded[start + place + 2 + step]].astype(int) for step in (-2, -1, 0, 1, 2))
    surname = _IS_SURNAME[padded[start + place + 1]] + 2 * _IS_SURNAME[padded[start + place]]
    run = lattice.run_end[lattice.run[start]] - lattice.run_start[lattice.run[start]]
    new_beside, old_beside = beside[0][rows], beside[1][rows]
    same, meant = repeated(model, plain, start, length, word)
    features = (
        value, gain, kind, shape_rank, length, place,
        gain + context.new - context.old, context.new, context.old, context.left_seen, context.right_seen,
        scored.left_seen[rows], scored.right_seen[rows], scored.left_score[rows], scored.right_score[rows], left < 0, right < 0,
        model.score.take(word), model.frequency.take(word), model.share.take(old), model.share.take(model.spelled[word, place]),
        last - first + 1, size[here], model.score.take(path.word[here]), model.frequency.take(path.word[here]), path.word[here] >= model.of_model,
        model.length.take(np.maximum(context.left, 0)) * (context.left >= 0), model.length.take(np.maximum(context.right, 0)) * (context.right >= 0),
        path.seen[first], seen_right[last], path.cost[here], sums[last + 1] - sums[first] + follows[last],
        run, _IS_SURNAME[lattice.letters[start]], *_around(plain, start, start + length), new_beside, old_beside,
        crowd[here], np.maximum(crowd[first], crowd[last]), surname, foreign, near, value - second, odd_around, same, meant,
    )  # fmt: skip
    table = np.stack([np.asarray(column, dtype=np.float32) for column in features], axis=1)
    steps = np.asarray(np.round(table * _GRAIN) / _GRAIN, dtype=np.float32)
    return Sites(start, length, word, kind, lattice.best[lattice.run[start]], gain, steps, effort)


def _old_triples(model: Model, path: _Path, first: I64, last: I64) -> npt.NDArray[np.float64]:
    count = len(path.word)
    if not count:
        return np.zeros(0)
    one = np.where(path.joined, np.concatenate([[-1], path.word[:-1]]), -1)
    two = np.where(
        path.joined & np.concatenate([[False], path.joined[:-1]]),
        np.concatenate([[-1, -1], path.word[:-2]])[:count],
        -1,
    )
    gains, _ = triple_gain(model, two, one, path.word)
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    return np.asarray(sums[np.minimum(last + 3, count)] - sums[first], dtype=np.float64)


def _crowds(path: _Path, size: I64) -> I64:
    """How many words of one character stand in a row at each word: names are read as such rows."""
    single = size == 1
    begins = ~(single & path.joined & np.concatenate([[False], single[:-1]])) if len(size) else single
    group = np.cumsum(begins) - 1
    return np.bincount(group, weights=single).astype(np.int64)[group] if len(size) else size


_TITLE = re.compile(
    r"(?:书记|主席|总理|总统|部长|省长|市长|县长|区长|乡长|镇长|局长|处长|科长|院长|校长|会长|社长|团长|队长|组长|站长|所长|主任|主编|总编|委员|常委"
    r"|代表|先生|女士|教授|博士|院士|医生|记者|同志|选手|队员|导演|演员|作家|法官|律师|经理|董事|大使|首相|外长|防长|议员|国王|王子|公主|将军|司令"
    r"|村民|居民|市民|农民|工人|学生|老师|职工|户主|负责人|发言人|通讯员|摄影|被告人|原告|证人|嫌疑人|姓名)$"
)
_PLACE = tuple(
    "省市县区乡镇村屯庄寨湾山岭峰河湖江海岛港路街巷桥站寺庙塔园州旗盟沟坝屿礁峡洲洞泉溪川塘坪岗垭"
)  # fmt: skip
_OPENS, _CLOSES = "“‘《〈「『", "”’》〉」』"
_QUOTED = 12  # characters between quotation marks that may be a name


def _around(plain: str, starts: I64, ends: I64) -> list[list[int]]:
    """What the text around a site tells about names: a title before, a kind of place after, quotation marks, numbers."""
    title, place, quoted, numbered = [], [], [], []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        before = plain[max(0, start - 5) : start]
        title.append(next((step for step in (0, 1, 2) if _TITLE.search(before[: len(before) - step])), 3))
        after = plain[end : end + 3]
        place.append(next((step for step, letter in enumerate(after) if letter in _PLACE), 3))
        opened = max(plain.rfind(mark, max(0, start - _QUOTED), start) for mark in _OPENS)
        closed = min(
            (at for mark in _CLOSES if (at := plain.find(mark, end, end + _QUOTED)) >= 0), default=-1
        )
        quoted.append(
            closed - opened
            if opened >= 0 and closed >= 0 and not any(mark in plain[opened:start] for mark in _CLOSES)
            else 0
        )
        numbered.append(before[-1:].isdecimal() + 2 * after[:1].isdecimal())
    return [title, place, quoted, numbered]


def _beside(
    model: Model, padded: I64, proposals: Proposals
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How often the new and the old character stand beside the characters around them, log10."""
    at = proposals.start + proposals.place + 2
    old, new = padded[at], model.spelled[proposals.word, proposals.place].astype(np.int64)
    left, right = padded[at - 1], padded[at + 1]
    ones, others = np.concatenate([left, new, left, old]), np.concatenate([new, right, old, right])
    steps = model.neighbours.get((ones.astype(np.uint64) << np.uint64(15)) | others.astype(np.uint64))
    together = np.where((ones > 0) & (others > 0), np.maximum(steps, 0) / NEIGHBOUR_STEPS, 0).reshape(
        4, len(at)
    )
    return together[0] + together[1], together[2] + together[3]


# How much each kind of likeness counts when several words fit, log10; learnt on the learning halves as all weights below.
_BY_KIND = np.array([-9.0, 0.0, -1.2, -0.8, -1.9, -2.8, -2.4])


def _preferred(
    model: Model,
    scored: Scored,
    context: _Context,
    beside: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> npt.NDArray[np.float64]:
    """Which of several words is meant: what it gains, how alike it is, how usual it and its characters are."""
    rows = scored.proposals
    alike = rows.near < FAR
    new = model.spelled[rows.word, rows.place].astype(np.int64)
    return np.asarray(
        scored.gain
        + 0.55 * (context.new - context.old)
        + 0.12 * (beside[0] - beside[1])
        + 0.6 * (context.left_seen | context.right_seen)
        + _BY_KIND.take(rows.kind)
        - 0.9 * ((rows.kind == ANY) & (rows.length > 2))
        + np.where(alike, 0.5 - 0.06 * rows.near + 1.3 * (rows.kind == SAME), 0.0)
        + 0.3 * (model.score.take(rows.word) + 4)
        - 0.5 * (model.share.take(new) + 3)
        - 0.4 * (rows.length == 1)
        + 0.3 * (rows.length == 4),
        dtype=np.float64,
    )


def repeated(model: Model, plain: str, start: I64, length: I64, word: I64) -> tuple[list[int], list[int]]:
    """How often the page has the form as it stands (a single character: with its neighbours), and how often the word proposed."""
    same, meant = [], []
    for begin, size, one in zip(start.tolist(), length.tolist(), word.tolist(), strict=True):
        form = plain[begin : begin + size] if size > 1 else plain[max(0, begin - 1) : begin + 2]
        same.append(min(_MOST_COUNTED, plain.count(form)))
        meant.append(min(_MOST_COUNTED, plain.count(model.word(one))) if size > 1 else 0)
    return same, meant


def is_masked_name(plain: str, start: int, end: int) -> bool:
    """Whether a range ends in a surname that 某 follows."""
    return plain.startswith("某", end) and (end - start == 1 or plain[end - 1] in _SURNAMES)


def may_be_name(model: Model, plain: str, start: int, end: int) -> bool:
    """Whether a range that is no word may belong to a person's name: a surname in it or up to two characters before."""
    if end - start > 1 and model.knows(plain[start:end]):
        return False
    return any(letter in _SURNAMES for letter in plain[max(0, start - 2) : end])
