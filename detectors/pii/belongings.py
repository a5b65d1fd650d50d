"""What somebody owns: number plates (GA 36), vehicles, phones, homes by their certificate."""

from __future__ import annotations

import re

from detectors.pii.kind import Kind

_PLATE = r"(?:[a-hj-np-z][·.・• -]?(?:[dfabceghjk][a-hj-np-z0-9][0-9]{4}|[0-9]{5}[df])(?![a-z0-9*])|[a-hj-np-z][·.・• -]?(?=[a-z0-9]{0,4}[0-9])[a-hj-np-z0-9]{4}[a-hj-np-z0-9挂学港澳](?![a-z0-9*]))"
PLATE = Kind(
    "CN_LICENCE_PLATE",
    "车牌号码",
    re.compile(rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]{_PLATE}"),
    fits=lambda plain, _start, end, number: (
        sum(letter.isdecimal() for letter in number) >= 3
        and not plain.startswith(("年", "kg", "km", "mm"), end)
    ),
)
# Plates of embassies, consulates and the armed police: only where it is said that they are plates.
PLATE_OF_OFFICE = Kind(
    "CN_LICENCE_PLATE",
    "使领馆、武警车牌号码",
    re.compile(
        r"(?:车牌|号牌|牌照|车号)(?:号码?)?[:为是(]?[ ]?"
        r"(?P<value>使[0-9]{6}|[\u4e00-\u9fff][a-z][0-9]{4}领|wj[\u4e00-\u9fff]?[·.-]?[0-9]{4,5}[0-9a-z]?)(?![0-9a-z*])"
    ),
)
VEHICLE = Kind(
    "CN_VEHICLE_NUMBER",
    "车辆识别代号",
    re.compile(
        r"(?:车架|大架|识别代[号码]|(?<![a-z])vin)[号码]{0,2}[^0-9a-z\n。;]{0,6}(?P<value>[a-hj-npr-z0-9]{13}[0-9]{4})(?![0-9a-z*])"
    ),
    lambda number: any(letter.isalpha() for letter in number[:9]),
    fits=lambda plain, start, end, _number: (
        not plain.startswith(("至", "-", "~", "到"), end)
        and not any(word in plain[max(0, start - 40) : end + 12] for word in ("召回", "范围", "样车"))
    ),
)
DEVICE = Kind(
    "CN_DEVICE_NUMBER",
    "手机串号",
    re.compile(
        r"(?:imei|meid|串号|串码|设备识别码)[^0-9a-z\n。;]{0,6}(?P<value>[0-9]{2}-?[0-9]{6}-?[0-9]{6}-?[0-9]|[0-9a-f]{14})(?![0-9a-z*])"
    ),
    lambda number: any(letter.isdecimal() for letter in number),
)
PROPERTY = Kind(
    "CN_PROPERTY_CERTIFICATE",
    "不动产权证号",
    re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼兵]\((?:19|20)[0-9]{2}\)[\u4e00-\u9fff]{1,12}不动产(?:权|证明)第 ?[0-9]{5,8} ?号"
        r"|房(?:地)?权证[\u4e00-\u9fff]{0,8}字?第?[0-9a-z\-]{5,20}号"
        r"|土地(?:使用权?)?证(?:书)?(?:编?号码?)?[:为是 ]{0,2}(?P<value>[\u4e00-\u9fff]{1,8}[集国]用\([0-9]{4}\)(?:字)?第[0-9]{4,9}号)"
    ),
)
