"""Where somebody lives: addresses that lead to a door. Offices, and streets without a house number, are no home."""

from __future__ import annotations

import re

from detectors.pii.kind import Kind
from detectors.pii.surroundings import Words, sentence_before

_N = r"(?:[0-9]{1,4}|[a-z][0-9]{0,3}|[0-9]{1,3}[a-z]|[一二三四五六七八九十]{1,3})"
_SPELT = "[一二三四五六七八九十〇零]{3,5}"  # a room in words
_ROOM = rf"(?:{_SPELT}|[a-z]?[0-9]{{2,5}}[a-z]?(?:-[0-9]{{1,2}}(?![0-9]))?)"
_NO_ROOM = r"(?![0-9a-z]|[年月日元万亿个人户套间岁米吨台盏辆件次名家处栋幢层%㎡]|平方|余|多|会议|教|办公|报告|培训|考|机房|评标|开标|窗口|大厅|实验|多功能|[-~至][0-9])"
_HOUSE = rf"(?<!第){_N}(?:号楼|栋|幢|座|#楼|#)"
_HOME = (
    "小区|花园|花苑|公寓|新村|家园|嘉园|佳园|家苑|佳苑|嘉苑|雅苑|名苑|东苑|西苑|南苑|北苑|苑|名邸|名府|华府|公馆|公寓楼|家属院|家属楼|家属区|"
    "宿舍|住宅|安置房|廉租房|公租房|人家|庭院|豪庭|华庭|雅居|名居|居|轩|阁|墅|邸|湾|里|坊|庄|村|社区|胡同|巷|弄|城|府|园|家|"
    + "|".join(
        [f"{one}区" for one in "东西南北一二三四五六七八九十0123456789"]
        + [f"{one}期" for one in "一二三四五六七八九十0123456789"]
    )
)
_OFFICE = (
    "大厦|大楼|楼宇|写字楼|商务|商贸|商业|商城|市场|广场|中心|酒店|宾馆|饭店|工业区|产业园|工业园|科技园|创业园|创意园|"
    "物流园|电商园|软件园|园区|孵化|厂|公司|集团|商店|店|商铺|铺|门市|局|委|委员会|政府|法院|检察院|医院|卫生院|学校|大学|学院|中学|小学|校区|幼儿园|"
    "机关|银行|车站|派出所|研究所|事务所|办事处|馆|办公|党校|仓库|物流|服务区|大院|行政|服装城|箱包城|皮革城|建材城|家具城|五金城|商厦|会所|"
    "博览|城管|综合楼|教学楼|主楼|副楼|附楼|裙楼|实验楼|科研楼|办公楼|业务楼|行政楼|图书馆|体育"
)
_PLACES = Words(road="路|街|大道|道|号|镇|乡|街道|区|县|市", home=_HOME, office=_OFFICE)
_DOOR = re.compile(
    rf"{_HOUSE}[,\- ]?(?:{_N}(?:单元|单|门|梯))?[\- ]?(?:{_N}(?:层|楼))?[\- ]?(?:[东西南北中左右]户|{_ROOM}(?:号房|室|号|房)?{_NO_ROOM})"
    rf"|{_N}单元[,\- _]?(?:{_N}(?:层|楼))?[\- ]?(?:[东西南北中左右]户|{_ROOM}(?:号房|室|号|房)?{_NO_ROOM})"
    rf"|[0-9]{{1,3}}(?:栋|幢|排)(?:[0-9]{{1,3}}-)?[0-9]{{1,3}}号(?:[0-9]{{2,4}}(?:室|房)?{_NO_ROOM}|(?![0-9线院楼]))"
    rf"|{_HOUSE}-?[0-9]{{1,2}}-[0-9]{{3,4}}(?:室|号|房)?{_NO_ROOM}"
    r"|(?:(?<=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff][0-9a-z]))(?<!第)[0-9]{1,3}[-_–—]{1,2}[0-9]{1,2}[-_–—]{1,2}[0-9]{3,4}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    rf"|(?:(?<=[路街道巷弄])|(?<=小区|新村|公寓|花园|家园))_?[0-9]{{1,5}}号(?:[a-z0-9]{{1,3}}-)?[a-z]?[0-9]{{3,5}}(?:室|号|房)?{_NO_ROOM}"
    rf"|(?<=小区|花园|公寓|新村|家园|[家佳嘉雅名花新]苑)[0-9]{{3,5}}(?:室|房)?{_NO_ROOM}(?![号路-])"
    r"|(?<=[栋幢])[a-z0-9]{1,2}-[0-9]{3,4}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    r"|(?<=号)[a-z]?[0-9]{1,3}[-_][0-9]{3,4}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    r"|[0-9]{1,4}弄(?:[0-9]{1,4}支?弄)?_?[0-9]{1,4}号(?:[0-9]{1,2}楼)?[0-9]{2,4}室?(?![0-9年])"
    rf"|(?:小区|花园|公寓|新村|家园|嘉园|佳园|[家佳嘉雅名东西南北花]?苑|名邸|[华名]府|家属院|宿舍|人家|[豪华名]庭|城|[东西南北一二三四五六七八九十0-9][区期村]|村|园|庭|湾|府|居|里|庄|坊|国际|半岛|华都|时代|首府|家缘)"
    rf"(?:{_N}(?:座|区|期|组团|号))?[0-9a-z]{{1,4}}(?:[-_一–—~][0-9]{{1,3}})?[-_一–—~][0-9]{{2,5}}(?:室|号|房)?(?![0-9a-z年月日元万亿个人%]|[-.~/][0-9])"
    rf"|[0-9]{{3,5}}[a-z]?(?:室|号房)(?!会议|教|办公|内|外|温)"
    rf"|(?<=[路街道巷弄])[0-9]{{2}}室(?!会议|教|办公|内|外|温)"
)
# Where a door may be: looked for on the whole page, and the door itself only around it.
_KNOB = re.compile(
    r"[0-9a-z一二三四五六七八九十区园寓村苑](?:栋|幢|座|号楼|单元|弄|室|#|排|号房|号[a-z]?[0-9]{1,2}[-0-9][0-9]|一[0-9]{3}"
    r"|(?<!-[0-9]{4})[-_–—]{1,2}[0-9]{1,3}(?:[-_–—]{1,2}[0-9]{2}|(?<=[0-9]{3})(?![0-9年月日-])|[0-9]{1,2}(?![-0-9年])|(?=号|室))|(?<=[区园寓村苑])[0-9]{3})"
)
_HOME_LABEL = (
    r"家庭住址|家庭地址|现住址|现住地|常住地址?|户籍地址?|户籍所在地|户口所在地|居住地址?|住址|住处|家住|现住|现居住?|居住|租住|暂住|"
    r"收件地址|邮寄地址|收货地址|户主|通讯地址|送达地址|住(?<=[,;(\n]住)(?!所|处|院|房|宅|户|建|在国|国|村|宿|持|校|保)"
)
_LABELLED = re.compile(
    rf"(?:{_HOME_LABEL})(?:[:为是]|[于在]|地|:)?(?:[:为是于在])?[ \t]?(?P<value>[\u4e00-\u9fff][\u4e00-\u9fff0-9a-z\-#·]{{4,50}})"
)
_DETAIL = re.compile(
    r"(?:路|街|巷|弄|道|胡同|里|村|庄|小区|花园|苑|公寓|家园|院|城|园|坊|社区)[\u4e00-\u9fff]{0,6}[0-9]{1,5}(?:号|栋|幢|-[0-9])"
    r"|(?:村|社区|镇|乡)[\u4e00-\u9fff]{0,8}(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:组|队|屯|社)"
)
_OFFICE_LABEL = re.compile(
    r"办公|注册|经营|报名|报到|现场|提交|领取|咨询|投标|开标|评标|面试|考试|考点|培训|地点|受理|窗口|服务|营业|住所|法定代表|单位地址|公司|"
    r"企业|机构|门诊|诊所|药店|超市|有限|商行|经营部|店|厂|合作社|中心|事务所|局|委员会|政府|物业|项目|工程|加装|改造|施工|维修|停电|停水|停气|检修|"
    r"拍卖|竞价|竞买|标的|腾退|空置|配租|采样点|接种点|驿站|活动室|投票站|投票点|党支部|阵地"
)
_PERSON = re.compile(
    rf"{_HOME_LABEL}|本人|先生|女士|同志家|患者|确诊|病例|身份证|户籍|村民|居民|业主|房东|租客|住户|姓名|家中"
)
_BOUND = re.compile(r"""[,。;:!?\n\t"“”‘’《》|、()\[\]{}<>=→【】]""")
# A date whose hour was glued to it by whoever took the page down: 2019-11-0614:09.
_DATE = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_SHOP = re.compile(
    r"[ ]?[\u4e00-\u9fff]{0,8}(?:公司|厂|店|部|门面|营业房|商行|商铺|门市|超市|诊所|中心|局|所|办公|会议|教室|活动室)|(?:的|处|等)?(?:房产|房屋|住房|不动产|商品房)"
)
_FLOOR = re.compile("楼(?!\n|$)")  # 三栋15楼 within a sentence: nobody's door
_FIRM = re.compile(r"公司|厂|机构|法人|企业(?![家主])|单位|项目|集团")
_REST = re.compile(
    r"(?:[0-9a-z\-#]|单元|栋|幢|座|号|楼|层|室|户|组|附)*+"
    r"(?:[\u4e00-\u9fff]{1,10}[0-9]{1,5}(?:室|号|栋|幢|单元|楼)(?:[0-9a-z\-#]|单元|楼|层|室|户)*+)?"
)
_VERB = re.compile(
    r"(?:进入|返回|看见|购买|定购|订购|租赁|承租|家住|现居|住在|居住于|居住在|居住|现住|位于|坐落于|坐落|入住|搬到|搬进|搬至|租住|暂住|来到|走进|前往|送到|送至|寄至|寄往|地址|住址|住处|系|在|于|到|至|往|住)(?=[^号室栋幢]{2})"
)


def _whole_address(plain: str, start: int, end: int) -> tuple[int, int] | None:
    """From the door back to the beginning of its address; None where it is an office, or no address at all."""
    if _DATE.search(plain, max(0, start - 4), end + 1):
        return None
    first = max(0, start - 60)
    left = plain[first:start]
    cut = 0
    for mark in _BOUND.finditer(left):
        cut = mark.end()
    for verb in _VERB.finditer(left, cut):
        cut = verb.end()
    name = left[cut:].lstrip(" -_")
    if plain[end - 1 : end + 1] in ("房屋", "房产", "房间"):
        end -= 1  # 501房屋: a house, not room
    begin, door = start - len(name), plain[start:end]
    said = sentence_before(plain, begin)
    personal = bool(_PERSON.search(said))
    if "某" in name or (
        not personal and (_OFFICE_LABEL.search(said) or _SHOP.match(plain, end) or _FLOOR.match(plain, end))
    ):
        return None
    whole = name + door
    if sum("\u4e00" <= letter <= "\u9fff" for letter in whole) < 3:
        return None
    last = _kind_of_place(name + door[: 2 if door[:1] >= "\u4e00" or door[1:2] in {"区", "期"} else 0])
    if last == "office":
        return (begin, end) if personal else None
    # A house, or house, unit and room in a row.
    plainly = (
        any(mark in door for mark in ("单元", "栋", "幢", "号楼", "弄", "座", "#")) or door.count("-") == 2
    )
    if plainly or last == "home":
        return begin, end
    streets = last == "road" and (personal or any(mark in name for mark in "路街道"))
    return (begin, end) if streets and begin < start else None


def _kind_of_place(name: str) -> str:
    """The kind of the last place named; a street or number after a home does not make it less of one."""
    last = ""
    for place in _PLACES.pattern.finditer(name):
        kind = _PLACES.kinds[place[0]]
        if not (kind == "road" and last == "home"):
            last = kind
    return last


def _labelled_address(plain: str, start: int, end: int) -> tuple[int, int] | None:
    value = plain[start:end]
    detail = None
    for found in _DETAIL.finditer(value):
        detail = found
    if detail is None or _FIRM.search(sentence_before(plain, start) + value):
        return None
    rest = _REST.match(value, detail.end())
    return start, start + (rest.end() if rest else detail.end())


DWELLING = Kind("CN_HOME_ADDRESS", "住宅地址", _DOOR, grow=_whole_address, near=_KNOB)
LABELLED_DWELLING = Kind("CN_HOME_ADDRESS", "住宅地址", _LABELLED, grow=_labelled_address)
