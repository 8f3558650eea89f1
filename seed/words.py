"""The vocabulary of the demo shop: a lifestyle-goods shop called 青禾生活. Brands and people are invented."""

from models import HoldCause, PaymentMethod, Text

SHOP_NAME = "青禾生活"
# brand → what it makes
BRANDS: dict[str, tuple[str, ...]] = {
    "青禾": ("mug", "towel", "blanket", "cushion", "slippers", "basket", "candle", "bag", "notebook", "vase"),
    "山野陶社": ("mug", "teapot", "plate", "bowl", "vase"),
    "素屋": ("plate", "bowl", "jar", "box", "basket", "frame", "mirror"),
    "木作集": ("tray", "board", "chair", "stool", "frame", "clock", "brush"),
    "慢火": ("kettle", "pan", "knife", "apron"),
    "棉与麻": ("apron", "blanket", "cushion", "slippers", "scarf", "towel", "bag"),
    "日日灯": ("lamp", "candle", "clock"),
    "三叶草堂": ("candle", "diffuser", "soap"),
    "小满文具": ("notebook", "pen"),
    "南枝": ("vase", "plant", "diffuser"),
    "归山": ("bottle", "umbrella", "bag"),
    "白石": ("box", "broom", "brush", "mirror", "soap"),
    "一席": ("chair", "stool", "lamp"),
}
CHANNELS = (
    ("store", "门店", "Store", 14, PaymentMethod.CASH),
    ("tmall", "天猫", "Tmall", 34, PaymentMethod.ALIPAY),
    ("jd", "京东", "JD", 20, PaymentMethod.BANK),
    ("douyin", "抖音", "Douyin", 18, PaymentMethod.ALIPAY),
    ("wechat", "微信小程序", "WeChat", 14, PaymentMethod.WECHAT),
)
WAREHOUSES = (
    ("HZ", "杭州仓", "33", 10, 50),
    ("GZ", "广州仓", "44", 20, 30),
    ("CD", "成都仓", "51", 30, 20),
)
# Provinces that each warehouse serves first; the rest goes to 杭州.
NEAR = {
    "GZ": {"44", "45", "46", "35", "43", "81", "82", "71"},
    "CD": {"51", "50", "52", "53", "54", "61", "62", "63", "64", "65"},
}
# Share of orders by province (two-digit code), after population and how much is bought online.
PROVINCES = {
    "44": 150, "33": 128, "32": 112, "31": 74, "11": 68, "37": 66, "51": 56, "42": 46, "43": 44, "41": 58,
    "35": 46, "34": 40, "13": 38, "61": 30, "50": 30, "36": 26, "21": 32, "45": 24, "53": 20, "12": 22,
    "14": 20, "52": 16, "23": 18, "22": 14, "15": 12, "62": 9, "65": 10, "46": 8, "64": 4, "63": 3,
    "54": 2, "81": 6, "71": 4, "82": 1,
}  # fmt: skip
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玲红梅辉鹏华飞鑫波斌莉宇浩凯健俊帆帅欣怡佳琪雪婷梦洁思雨子涵"
    "梓萱一诺奕泽沐宸晨曦语桐若溪嘉禾书瑶清和望舒知夏安然"
)
STREETS = (
    "文三路",
    "人民路",
    "中山路",
    "建设路",
    "解放路",
    "和平街",
    "长江路",
    "学院路",
    "花园路",
    "滨江大道",
    "新华街",
    "幸福里",
)
ESTATES = (
    "翠苑",
    "金色家园",
    "阳光花园",
    "万科城",
    "绿城桂花园",
    "龙湖天街",
    "保利香槟",
    "锦绣江南",
    "碧桂园",
    "中海国际",
)
# (kind, name, English, lowest price in yuan, highest, option axes)
COLOUR, SIZE, SCENT, PACK = "颜色", "尺寸", "香型", "规格"
AXES = {
    COLOUR: (
        "米白",
        "白",
        "墨黑",
        "雾蓝",
        "藏青",
        "豆绿",
        "橄榄绿",
        "砖红",
        "姜黄",
        "藕粉",
        "浅灰",
        "深灰",
        "原木",
        "胡桃木",
        "焦糖",
        "湖青",
    ),
    SIZE: ("小号", "中号", "大号"),
    SCENT: ("白茶", "雪松", "桂花", "海盐"),
    PACK: ("单只", "两只装", "四只装"),
}
KINDS: tuple[tuple[str, str, str, int, int, tuple[str, ...]], ...] = (
    ("mug", "马克杯", "mug", 39, 99, (COLOUR,)),
    ("teapot", "茶壶", "teapot", 129, 329, (COLOUR,)),
    ("plate", "餐盘", "plate", 29, 89, (COLOUR, SIZE)),
    ("bowl", "饭碗", "bowl", 25, 69, (COLOUR, PACK)),
    ("kettle", "手冲壶", "pour-over kettle", 159, 399, (COLOUR,)),
    ("pan", "煎锅", "frying pan", 139, 359, (SIZE,)),
    ("knife", "厨刀", "kitchen knife", 89, 269, ()),
    ("board", "砧板", "chopping board", 69, 189, (SIZE,)),
    ("tray", "托盘", "tray", 59, 169, (COLOUR,)),
    ("jar", "密封罐", "storage jar", 29, 79, (SIZE,)),
    ("bottle", "保温杯", "flask", 89, 239, (COLOUR,)),
    ("apron", "围裙", "apron", 59, 129, (COLOUR,)),
    ("towel", "毛巾", "towel", 29, 79, (COLOUR, PACK)),
    ("blanket", "针织毯", "knitted blanket", 169, 459, (COLOUR,)),
    ("cushion", "抱枕", "cushion", 59, 149, (COLOUR,)),
    ("scarf", "围巾", "scarf", 99, 299, (COLOUR,)),
    ("slippers", "家居拖鞋", "slippers", 39, 99, (COLOUR, SIZE)),
    ("lamp", "台灯", "table lamp", 159, 499, (COLOUR,)),
    ("candle", "香薰蜡烛", "scented candle", 59, 169, (SCENT,)),
    ("diffuser", "藤条香薰", "reed diffuser", 79, 199, (SCENT,)),
    ("notebook", "笔记本", "notebook", 19, 69, (COLOUR,)),
    ("pen", "中性笔", "gel pen", 9, 39, (COLOUR, PACK)),
    ("basket", "收纳篮", "basket", 49, 139, (COLOUR, SIZE)),
    ("box", "收纳盒", "storage box", 29, 99, (SIZE,)),
    ("broom", "扫把套装", "broom set", 49, 109, ()),
    ("brush", "清洁刷", "brush", 15, 45, (PACK,)),
    ("chair", "餐椅", "dining chair", 299, 899, (COLOUR,)),
    ("stool", "矮凳", "stool", 129, 359, (COLOUR,)),
    ("mirror", "壁镜", "wall mirror", 159, 429, (SIZE,)),
    ("frame", "相框", "picture frame", 39, 119, (COLOUR, SIZE)),
    ("clock", "挂钟", "wall clock", 99, 289, (COLOUR,)),
    ("vase", "花器", "vase", 69, 259, (COLOUR,)),
    ("plant", "绿植盆栽", "potted plant", 49, 159, (SIZE,)),
    ("umbrella", "晴雨伞", "umbrella", 69, 159, (COLOUR,)),
    ("bag", "帆布包", "canvas bag", 59, 189, (COLOUR,)),
    ("soap", "手工皂", "soap", 19, 59, (SCENT,)),
)  # fmt: skip
STYLES = (
    ("初雪", "First Snow"), ("晚风", "Evening Wind"), ("山居", "Hillside"), ("拾光", "Gleam"), ("云朵", "Cloud"),
    ("知夏", "Early Summer"), ("素白", "Plain White"), ("竹影", "Bamboo Shade"), ("半亩", "Half Acre"),
    ("旷野", "Open Field"), ("慢煮", "Slow Brew"),
    ("月见", "Moonview"), ("原野", "Meadow"), ("青石", "Bluestone"), ("暖阳", "Warm Sun"),
)  # fmt: skip
PURPOSES = (
    Text("自用", "For oneself"),
    Text("送礼", "Gift"),
    Text("乔迁", "New home"),
    Text("办公", "Office"),
)
SEASONS = (Text("四季", "All year"), Text("春夏", "Spring/summer"), Text("秋冬", "Autumn/winter"))
TAGS = ("新品", "热卖", "手作", "环保", "礼盒", "联名")
CARRIERS = (("顺丰速运", "SF"), ("中通快递", "ZT"), ("圆通速递", "YT"), ("京东物流", "JD"))
RETURN_REASONS = ("七天无理由", "颜色与图片不符", "尺寸不合适", "收到有破损", "买重了")
CANCEL_REASONS = ("不想要了", "地址填错", "超时未付款", "换个颜色再买")
BUYER_NOTES = ("请尽快发货", "送人的,请不要放小票", "放门卫就好", "要礼品袋", "工作日送货")
STAFF = (
    ("owner", "owner", "陈青禾"),
    ("operations", "operations", "林知远"),
    ("warehouse", "warehouse", "赵大力"),
    ("marketing", "marketing", "苏晓曼"),
    ("agent", "agent", "何语桐"),
    ("analyst", "analyst", "顾明"),
    ("auditor", "auditor", "严正"),
)
NAMES = {role: name for _, role, name in STAFF}
SENTENCES = (
    "手感温润，日常耐用，也适合作礼物。",
    "线条简净，放在家里哪个角落都安静好看。",
    "小批量制作，每一件都略有不同。",
    "好拿、好洗、好收纳，用久了更顺手。",
    "按中国家庭的日常尺寸重新设计。",
    "去掉多余装饰，只留下用得到的部分。",
)
COUPON = "满199减20"
COUNTER = ("门店自提", "MD")
RECEIVED, COUNTED, SENT = "采购到货", "月初盘点差异", "仓间调拨"
BROKEN = ("搬运破损", "包装受潮", "样品出库")
HOLDS = (
    (HoldCause.ADDRESS, "地址缺门牌号,已联系买家"),
    (HoldCause.ADDRESS, "收件电话打不通"),
    (HoldCause.BUYER_NOTE, "买家要求改送办公室"),
    (HoldCause.DUPLICATE, "同一买家十分钟内下了两单"),
    (HoldCause.PRICE_MISMATCH, "平台成交价与店铺价不一致"),
    (HoldCause.PAYMENT, "到账金额与订单不符"),
    (HoldCause.MANUAL, "等店主确认是否加急"),
)
PHONES = (
    "130", "131", "135", "136", "137", "138", "139", "150", "151", "158", "159", "176", "180", "186", "188",
)  # fmt: skip
CUSTOMER_NOTES = ("老客户,喜欢素色", "公司采购,需要发票", "送货前请先打电话", "偏好顺丰", "曾反馈包装太厚")
COMPENSATED = "包装压痕,补偿买家"
