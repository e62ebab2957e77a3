"""The demo catalogue: every piece with its words in two languages and the family that makes it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from examples.designs import families as f
from examples.designs.make_designs import Floats
from examples.designs.shapes import ball, circle, hoop, plate

RING_SIZES = ("16", "17", "18", "19", "20")
WRIST_SIZES = ("56", "60", "64")

CATEGORIES = {
    "rings": ("Rings", "Кольца"),
    "wedding-bands": ("Wedding bands", "Обручальные кольца"),
    "earrings": ("Earrings", "Серьги"),
    "pendants": ("Pendants", "Подвески"),
    "bracelets": ("Bracelets", "Браслеты"),
    "cufflinks": ("Cufflinks", "Запонки"),
    "brooches": ("Brooches", "Броши"),
    "charms": ("Charms", "Шармы"),
}

COLLECTIONS = {
    "tide": (
        "Tide",
        "Прилив",
        "Lines that swing like water on a long beach.",
        "Линии, которые качаются, как вода у пологого берега.",
    ),
    "rope": (
        "Rope",
        "Канат",
        "Strands laid around each other, the way sailors do it.",
        "Пряди, свитые друг с другом, как это делают моряки.",
    ),
    "forge": (
        "Forge",
        "Кузница",
        "Surfaces beaten with the hammer, so that no light falls on them twice alike.",
        "Поверхности под молотом: свет ложится на них каждый раз иначе.",
    ),
    "sky": (
        "Sky",
        "Небо",
        "Sun, moon and stars, small enough to carry.",
        "Солнце, луна и звёзды, которые можно носить с собой.",
    ),
    "garden": ("Garden", "Сад", "Leaves, blossoms and drops of rain.", "Листья, цветы и капли дождя."),
    "line": ("Line", "Линия", "The plain forms, done with patience.", "Простые формы, сделанные терпеливо."),
    "light": (
        "Light",
        "Свет",
        "Stones in closed settings that catch no sleeve.",
        "Камни в глухой закрепке, которая ни за что не цепляется.",
    ),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One product of the demo. make(size) gives its triangles; without sizes it is called with nothing.

    pieces: how many make one, such as a pair of earrings. The first size of the middle is shown first.
    """

    slug: str
    category: str
    collection: str
    kind: str
    words: tuple[str, str]
    story: tuple[str, str]
    make: Callable[..., Floats]
    sizes: tuple[str, ...] = ()
    pieces: int = 1
    is_engravable: bool = False
    alloys: tuple[str, ...] = field(default=("ag925", "au585-yellow", "au585-rose", "au750-white-pd"))

    def shown_first(self) -> str:
        """The size in the middle, or none."""
        return self.sizes[len(self.sizes) // 2] if self.sizes else ""

    def triangles(self, size: str) -> Floats:
        return self.make(float(size)) if size else self.make()


def _ring(
    slug: str,
    collection: str,
    words: tuple[str, str],
    story: tuple[str, str],
    make: Callable[..., Floats],
    category: str = "rings",
    *,
    engrave: bool = False,
) -> Piece:
    return Piece(slug, category, collection, "ring", words, story, make, RING_SIZES, is_engravable=engrave)


def _band(
    slug: str, collection: str, words: tuple[str, str], story: tuple[str, str], make: Callable[..., Floats]
) -> Piece:
    return _ring(slug, collection, words, story, make, "wedding-bands", engrave=True)


def _earrings(
    slug: str, collection: str, words: tuple[str, str], story: tuple[str, str], make: Callable[..., Floats]
) -> Piece:
    return Piece(slug, "earrings", collection, "earring", words, story, make, pieces=2)


def _pendant(
    slug: str,
    collection: str,
    words: tuple[str, str],
    story: tuple[str, str],
    make: Callable[..., Floats],
    *,
    engrave: bool = False,
) -> Piece:
    return Piece(slug, "pendants", collection, "pendant", words, story, make, is_engravable=engrave)


def _charm(
    slug: str, collection: str, words: tuple[str, str], story: tuple[str, str], make: Callable[..., Floats]
) -> Piece:
    return Piece(slug, "charms", collection, "pendant", words, story, make)


def _bracelet(
    slug: str,
    collection: str,
    words: tuple[str, str],
    story: tuple[str, str],
    make: Callable[..., Floats],
    *,
    engrave: bool = False,
) -> Piece:
    return Piece(
        slug,
        "bracelets",
        collection,
        "bracelet",
        words,
        story,
        lambda size: make(inner_mm=size),
        WRIST_SIZES,
        is_engravable=engrave,
        alloys=("ag925", "au585-yellow", "au585-rose"),
    )


def _cufflinks(
    slug: str,
    collection: str,
    words: tuple[str, str],
    story: tuple[str, str],
    front: Callable[[], Floats],
    *,
    engrave: bool = False,
) -> Piece:
    return Piece(
        slug,
        "cufflinks",
        collection,
        "other",
        words,
        story,
        lambda: f.cufflink(front()),
        pieces=2,
        is_engravable=engrave,
    )


def _brooch(
    slug: str,
    collection: str,
    words: tuple[str, str],
    story: tuple[str, str],
    front: Callable[[], Floats],
    posts: f.Posts,
) -> Piece:
    return Piece(slug, "brooches", collection, "other", words, story, lambda: f.brooch(front(), posts=posts))


_ROUND = f.round_outline

PIECES: list[Piece] = [
    # --- rings
    _ring(
        "solitaire",
        "light",
        ("Solitaire", "Солитер"),
        (
            "One round stone of 5 mm in a closed setting, on a round wire.",
            "Один круглый камень 5 мм в глухой закрепке на круглой шинке.",
        ),
        partial(f.solitaire, stone_mm=5.0, wire=1.05),
    ),
    _ring(
        "rope-ring",
        "rope",
        ("Rope ring", "Кольцо «Жгут»"),
        ("Three strands around the finger, without a seam.", "Три пряди обвивают палец без единого шва."),
        partial(f.rope, radius=1.25, strands=3, twists=14),
    ),
    _ring(
        "signet",
        "line",
        ("Signet", "Печатка"),
        (
            "A cushion-shaped plate that grows out of the shank and waits for a monogram.",
            "Площадка-подушка вырастает из шинки и ждёт монограммы.",
        ),
        partial(f.signet, plate_mm=2.6, width=11.5, power=3.2),
        engrave=True,
    ),
    _ring(
        "wave-ring",
        "tide",
        ("Wave ring", "Кольцо «Волна»"),
        (
            "A band that swings from side to side like the line of the tide.",
            "Ободок качается из стороны в сторону, как линия прибоя.",
        ),
        partial(f.wave, width=2.4, thick=1.8, swing=1.25, waves_=3),
    ),
    _ring(
        "trilogy",
        "light",
        ("Trilogy", "Трилогия"),
        ("Three stones in a row: what was, what is, what will be.", "Три камня в ряд: что было, что есть, что будет."),
        partial(f.trilogy, stone_mm=4.2, wire=1.05),
    ),
    _ring(
        "dome-ring",
        "line",
        ("Dome ring", "Кольцо «Купол»"),
        ("A full, mirror-polished dome on a slender shank.", "Объёмный зеркальный купол на тонкой шинке."),
        partial(f.dome, shank=2.6, head=9.5, rise=2.5),
    ),
    _ring(
        "bead-ring",
        "garden",
        ("Bead ring", "Кольцо «Бусины»"),
        (
            "Twenty-four polished beads in a row, drawn from a single wire.",
            "Двадцать четыре полированные бусины в ряд из одной проволоки.",
        ),
        partial(f.beads, many=24, radius=1.3),
    ),
    _ring(
        "crossing",
        "tide",
        ("Crossing", "Скрещение"),
        (
            "Two round wires that meet at the head and stay side by side below.",
            "Две круглые проволоки сходятся сверху и дальше идут рядом.",
        ),
        partial(f.crossing, wire=0.9, swing=3.1),
    ),
    _ring(
        "embrace",
        "garden",
        ("Embrace", "Объятие"),
        (
            "An open ring whose ends pass each other, each with a bead.",
            "Разомкнутое кольцо: концы расходятся, на каждом бусина.",
        ),
        partial(f.bypass, wire=0.95, ends=1.75),
    ),
    _ring(
        "beaten-signet",
        "forge",
        ("Shield", "Щит"),
        ("A square signet with clear edges, broad and low.", "Квадратная печатка с ясными гранями, широкая и низкая."),
        partial(f.signet, plate_mm=2.3, width=10.0, power=6.0),
        engrave=True,
    ),
    _ring(
        "chevron",
        "sky",
        ("Chevron", "Шеврон"),
        (
            "A band that dips to a soft point, to be worn alone or above another ring.",
            "Ободок опускается мягким углом: один или в паре с другим кольцом.",
        ),
        partial(f.chevron, width=2.2, thick=1.7, drop=4.4),
    ),
    _ring(
        "coin-edge",
        "line",
        ("Coin edge", "Гурт"),
        ("Fine grooves across the band, like the edge of a coin.", "Тонкие рубчики поперёк ободка, как гурт монеты."),
        partial(f.fluted_band, width=3.2, thick=1.7, flutes=44, depth=0.13),
    ),
    # --- wedding bands
    _band(
        "comfort-band-3",
        "line",
        ("Comfort band, 3 mm", "Кольцо «Комфорт», 3 мм"),
        (
            "Rounded inside and out, so that it slides over the knuckle. Slender.",
            "Скруглено внутри и снаружи и легко проходит через сустав. Тонкое.",
        ),
        partial(f.band, width=3.0, thick=1.6),
    ),
    _band(
        "comfort-band-5",
        "line",
        ("Comfort band, 5 mm", "Кольцо «Комфорт», 5 мм"),
        (
            "The same comfort with more presence: 5 mm wide, 1.9 mm strong.",
            "Тот же комфорт, но заметнее: ширина 5 мм, толщина 1,9 мм.",
        ),
        partial(f.band, width=5.0, thick=1.9),
    ),
    _band(
        "flat-band",
        "line",
        ("Flat band", "Плоское кольцо"),
        (
            "Straight sides and a straight back, softened at the edges.",
            "Прямые бока и прямая спинка, смягчённые по краям.",
        ),
        partial(f.band, width=4.0, thick=1.6, power=6.0),
    ),
    _band(
        "ridge-band",
        "forge",
        ("Ridge band", "Кольцо «Грань»"),
        ("Two polished slopes that meet in a fine ridge.", "Две полированные грани сходятся в тонкое ребро."),
        partial(f.ridge_band, width=4.2, thick=2.2),
    ),
    _band(
        "hammered-band",
        "forge",
        ("Hammered band", "Кованое кольцо"),
        ("Beaten all around, smooth where it touches you.", "Снаружи следы молота, внутри гладко."),
        partial(f.hammered_band, width=5.0, thick=1.9, depth=0.16, seed=5),
    ),
    _band(
        "milgrain-band",
        "garden",
        ("Milgrain band", "Кольцо с мильгрифом"),
        ("A row of fine beads along each edge.", "Ряд тонких зёрен вдоль каждого края."),
        partial(f.edged_band, width=4.5, thick=1.7, beads=40),
    ),
    _band(
        "slanted-band",
        "tide",
        ("Slanted flutes", "Косые рубчики"),
        (
            "Grooves that run around the band at a slant, like rain at the window.",
            "Рубчики идут по ободку наискось, как дождь по стеклу.",
        ),
        partial(f.fluted_band, width=4.2, thick=1.8, flutes=30, depth=0.16, slant=1.3),
    ),
    _band(
        "soft-wave-band",
        "tide",
        ("Long wave", "Долгая волна"),
        ("A quiet swing, twice around the finger.", "Спокойное движение, дважды за оборот."),
        partial(f.wave, width=3.4, thick=1.8, swing=0.7, waves_=2),
    ),
    _band(
        "rope-band",
        "rope",
        ("Fine rope band", "Кольцо «Тонкий канат»"),
        ("Five thin strands, tightly laid.", "Пять тонких прядей, свитых туго."),
        partial(f.rope, radius=1.1, strands=5, twists=20),
    ),
    # --- earrings
    _earrings(
        "fine-hoops",
        "line",
        ("Fine hoops", "Тонкие кольца"),
        ("Hoops of 18 mm, light enough to forget. A pair.", "Серьги-кольца 18 мм, почти невесомые. Пара."),
        partial(f.ear_hoop, radius=8.3, wire=0.75),
    ),
    _earrings(
        "crescent-hoops",
        "sky",
        ("Crescent hoops", "Полумесяцы"),
        ("Full below and fine at the ear, 21 mm across. A pair.", "Полные внизу и тонкие у мочки, 21 мм. Пара."),
        partial(f.ear_hoop, radius=9.6, wire=0.75, swell=1.3),
    ),
    _earrings(
        "oval-hoops",
        "line",
        ("Oval hoops", "Овальные кольца"),
        ("A long oval that follows the line of the neck. A pair.", "Вытянутый овал вдоль линии шеи. Пара."),
        partial(f.ear_hoop, radius=8.0, wire=0.9, swell=0.4, squeeze=1.4),
    ),
    _earrings(
        "rope-hoops",
        "rope",
        ("Rope hoops", "Серьги «Канат»"),
        (
            "A rope of three strands, hung from a small ring. A pair.",
            "Канат из трёх прядей на маленьком колечке. Пара.",
        ),
        partial(f.rope_hoop, radius=7.5, wire=1.1, strands=3, twists=13),
    ),
    _earrings(
        "bead-studs",
        "garden",
        ("Bead studs", "Пусеты-бусины"),
        ("Polished beads of 5 mm on a post. A pair.", "Полированные бусины 5 мм на штифте. Пара."),
        lambda: f.stud(ball(2.5)),
    ),
    _earrings(
        "sun-studs",
        "sky",
        ("Sun studs", "Пусеты «Солнце»"),
        ("Twelve rays within 10 mm. A pair.", "Двенадцать лучей в десяти миллиметрах. Пара."),
        lambda: f.stud(plate(f.star(5.0, points=12, depth=0.18), thick=1.5, dome=0.7, relief=f.rays(0.16, 12))),
    ),
    _earrings(
        "blossom-studs",
        "garden",
        ("Blossom studs", "Пусеты «Цветок»"),
        ("Five petals around a bead. A pair.", "Пять лепестков вокруг бусины. Пара."),
        lambda: f.stud(
            f.together(plate(f.flower(5.2, petals=5, depth=0.34), thick=1.4, dome=0.2), ball(1.5, (0, -0.9, 0)))
        ),
    ),
    _earrings(
        "drop-earrings",
        "garden",
        ("Drops", "Капли"),
        ("Solid drops that move with you. A pair.", "Литые капли, которые движутся вместе с вами. Пара."),
        lambda: f.hanging(f.drop_body(length=15.0, width=7.0), top=15.0),
    ),
    _earrings(
        "light-drops",
        "light",
        ("Drops of light", "Капли света"),
        (
            "A round stone of 5 mm in a closed setting, hung from a small ring. A pair.",
            "Круглый камень 5 мм в глухой закрепке на маленьком колечке. Пара.",
        ),
        partial(f.halo_drop, stone_mm=5.0),
    ),
    _earrings(
        "beaten-discs",
        "forge",
        ("Beaten discs", "Кованые диски"),
        ("Discs of 15 mm, hammered on the front. A pair.", "Диски 15 мм, кованые с лица. Пара."),
        lambda: f.hanging(plate(_ROUND(7.5), thick=1.3, dome=0.4, relief=f.hammered(0.14, 3)), top=7.5),
    ),
    # --- pendants
    _pendant(
        "sun-pendant",
        "sky",
        ("Sun", "Солнце"),
        ("Twenty rays within a calm rim, 20 mm across.", "Двадцать лучей в спокойном ободке, 20 мм."),
        lambda: f.with_bail(plate(_ROUND(10.0), thick=1.7, dome=0.7, relief=f.rays(0.22, 20)), top=10.0),
    ),
    _pendant(
        "moon-pendant",
        "sky",
        ("Moon", "Луна"),
        ("A sickle, full in the middle and fine at its tips.", "Серп, полный посередине и тонкий к концам."),
        lambda: f.with_bail(f.crescent(radius=9.0, full=2.1), top=8.9),
    ),
    _pendant(
        "trefoil",
        "rope",
        ("Trefoil", "Трилистник"),
        (
            "One strand tied into a knot of three, without beginning or end.",
            "Одна нить, завязанная узлом из трёх петель, без начала и конца.",
        ),
        lambda: f.with_bail(f.turned(f.knot(size=8.4, wire=1.2), degrees=180, axis="y"), top=9.2),
    ),
    _pendant(
        "four-knot",
        "rope",
        ("Sailor's knot", "Морской узел"),
        ("Four loops of one strand.", "Четыре петли одной нити."),
        lambda: f.with_bail(f.knot(size=8.0, wire=1.0, lobes=4), top=5.7),
    ),
    _pendant(
        "heart-pendant",
        "garden",
        ("Heart", "Сердце"),
        ("Full and softly domed, 17 mm wide.", "Полное, с мягкой выпуклостью, ширина 17 мм."),
        lambda: f.with_bail(plate(f.heart(8.6), thick=1.8, dome=1.5), top=4.2),
        engrave=True,
    ),
    _pendant(
        "open-heart",
        "line",
        ("Open heart", "Открытое сердце"),
        ("A heart in one line.", "Сердце одной линией."),
        lambda: f.with_bail(f.heart_wire(size=9.5, wire=1.1), top=4.6),
    ),
    _pendant(
        "infinity",
        "line",
        ("Endless", "Бесконечность"),
        ("The strand passes over itself and comes back.", "Нить проходит над собой и возвращается."),
        lambda: f.with_bail(turned_upright(f.endless(width=22.0, wire=1.1)), top=11.0),
    ),
    _pendant(
        "leaf-pendant",
        "garden",
        ("Leaf", "Лист"),
        ("One leaf with its veins, 26 mm long.", "Один лист с прожилками, длина 26 мм."),
        lambda: f.with_bail(plate(f.leaf(26.0, 13.0), thick=1.5, dome=0.5, relief=f.veins(0.3)), top=12.9),
    ),
    _pendant(
        "coin-pendant",
        "tide",
        ("Water coin", "Монета воды"),
        (
            "Rings on the water, 20 mm across; the back is left free for your words.",
            "Круги на воде, 20 мм; оборот оставлен для ваших слов.",
        ),
        lambda: f.with_bail(plate(_ROUND(10.0), thick=1.8, dome=0.3, relief=f.ripples(0.17, 3.5)), top=10.0),
        engrave=True,
    ),
    _pendant(
        "twisted-bar",
        "line",
        ("Twisted bar", "Витой брусок"),
        (
            "A square bar of 30 mm, turned once around itself.",
            "Квадратный брусок 30 мм, один раз повёрнутый вокруг себя.",
        ),
        lambda: f.with_bail(f.bar(length=30.0, wire=1.5, twist=1.0), top=29.8),
    ),
    _pendant(
        "raindrop",
        "light",
        ("Raindrop", "Дождевая капля"),
        ("A round stone of 6 mm in a closed setting.", "Круглый камень 6 мм в глухой закрепке."),
        partial(f.halo_drop, stone_mm=6.0),
    ),
    # --- bracelets
    _bracelet(
        "round-bangle",
        "line",
        ("Round bangle", "Круглый браслет"),
        ("A round wire of 3 mm, oval like a wrist.", "Круглая проволока 3 мм, овал по форме запястья."),
        partial(f.bangle, wire=1.5),
    ),
    _bracelet(
        "pearl-torque",
        "garden",
        ("Torque", "Торк"),
        ("Open, with a bead at each end.", "Открытый, с бусиной на каждом конце."),
        partial(f.torque, wire=1.6, ends=3.1),
    ),
    _bracelet(
        "plain-cuff",
        "line",
        ("Cuff", "Кафф"),
        (
            "Broad and plain, 18 mm at its widest, with room for words.",
            "Широкий и гладкий, до 18 мм, с местом для слов.",
        ),
        partial(f.cuff, width=18.0, thick=1.6),
        engrave=True,
    ),
    _bracelet(
        "narrow-cuff",
        "line",
        ("Narrow cuff", "Узкий кафф"),
        ("Nine millimetres, worn alone or in threes.", "Девять миллиметров: один или три сразу."),
        partial(f.cuff, width=9.0, thick=1.6),
        engrave=True,
    ),
    _bracelet(
        "rope-bangle",
        "rope",
        ("Rope bangle", "Браслет «Канат»"),
        ("A rope of four strands around the wrist.", "Канат из четырёх прядей вокруг запястья."),
        partial(f.rope_bangle, wire=1.6, strands=4, twists=26),
    ),
    _bracelet(
        "tide-bangle",
        "tide",
        ("Tide bangle", "Браслет «Прилив»"),
        ("A round wire that swings seven times.", "Круглая проволока, семь волн за оборот."),
        partial(f.wave_bangle, wire=1.4, waves_=7, swing=2.2),
    ),
    _bracelet(
        "twisted-bangle",
        "forge",
        ("Twisted bangle", "Витой браслет"),
        ("A flat wire of 5 mm that turns around itself.", "Плоская проволока 5 мм, обвитая вокруг себя."),
        partial(f.twisted_bangle, width=5.0, thick=2.2, turns=4.0),
    ),
    # --- cufflinks
    _cufflinks(
        "sun-cufflinks",
        "sky",
        ("Sun cufflinks", "Запонки «Солнце»"),
        ("Sixteen rays on a disc of 16 mm. A pair.", "Шестнадцать лучей на диске 16 мм. Пара."),
        lambda: plate(_ROUND(8.0), thick=1.9, dome=0.7, relief=f.rays(0.2, 16)),
    ),
    _cufflinks(
        "square-cufflinks",
        "line",
        ("Square cufflinks", "Квадратные запонки"),
        ("Softly square and plain, for a monogram. A pair.", "Мягкий квадрат, гладкий, под монограмму. Пара."),
        lambda: plate(f.cushion(7.2), thick=2.0),
        engrave=True,
    ),
    _cufflinks(
        "beaten-cufflinks",
        "forge",
        ("Hammered cufflinks", "Кованые запонки"),
        ("A round front under the hammer. A pair.", "Круглое лицо под молотом. Пара."),
        lambda: plate(_ROUND(7.8), thick=1.9, dome=0.4, relief=f.hammered(0.17, 8)),
    ),
    _cufflinks(
        "octagon-cufflinks",
        "line",
        ("Octagon cufflinks", "Восьмигранные запонки"),
        ("Eight clear sides, 16 mm across. A pair.", "Восемь ясных граней, 16 мм. Пара."),
        lambda: plate(f.polygon(8.2, 8), thick=2.1, dome=0.2),
        engrave=True,
    ),
    _cufflinks(
        "knot-cufflinks",
        "rope",
        ("Knot cufflinks", "Запонки-узлы"),
        ("A trefoil knot on a stem. A pair.", "Узел-трилистник на ножке. Пара."),
        lambda: f.together(f.knot(size=6.6, wire=1.2), ball(2.2, (0, 0.6, 0))),
    ),
    _cufflinks(
        "tide-cufflinks",
        "tide",
        ("Tide cufflinks", "Запонки «Прилив»"),
        ("Low waves on a long rectangle. A pair.", "Низкие волны на вытянутом прямоугольнике. Пара."),
        lambda: plate(f.cushion(5.6, squeeze=1.6), thick=1.9, dome=0.3, relief=f.waves(0.22, 9)),
    ),
    # --- brooches
    _brooch(
        "wreath-brooch",
        "garden",
        ("Wreath", "Венок"),
        ("Ten leaves laid along a ring.", "Десять листьев, уложенных по кругу."),
        lambda: f.wreath(radius=13.0, leaves=10, length=11.0),
        ((-13.0, 0.0), (13.0, 0.0)),
    ),
    _brooch(
        "leaf-brooch",
        "garden",
        ("Long leaf", "Длинный лист"),
        ("A slender leaf of 42 mm for the lapel.", "Узкий лист 42 мм для лацкана."),
        lambda: turned_aside(plate(f.leaf(42.0, 15.0), thick=1.6, dome=0.7, relief=f.veins(0.35), steps=150)),
        ((-9.0, -5.6), (9.0, 5.6)),
    ),
    _brooch(
        "star-brooch",
        "sky",
        ("Star", "Звезда"),
        ("Eight points, softly risen, 32 mm across.", "Восемь лучей, мягко приподнятых, 32 мм."),
        lambda: plate(f.star(16.0, points=8, depth=0.5), thick=1.8, dome=1.4, steps=160),
        ((-6.0, 0.0), (6.0, 0.0)),
    ),
    _brooch(
        "spiral-brooch",
        "tide",
        ("Spiral", "Спираль"),
        ("A round wire that winds inward and ends at rest.", "Круглая проволока закручивается внутрь и замирает."),
        lambda: f.spiral(radius=13.5, wire=1.25, turns=3.0),
        ((-9.2, 0.0), (9.2, 0.0)),
    ),
    _brooch(
        "bow-brooch",
        "line",
        ("Bow", "Бант"),
        ("Two loops and a knot.", "Две петли и узел."),
        lambda: f.bow(width=34.0, wire=1.5),
        ((-16.6, 0.0), (16.6, 0.0)),
    ),
    _brooch(
        "moon-brooch",
        "sky",
        ("Waxing moon", "Растущая луна"),
        ("A broad sickle that leans back, 29 mm across.", "Широкий откинутый серп, 29 мм."),
        lambda: f.crescent(radius=13.0, full=2.8),
        ((-9.0, -9.4), (-12.0, 5.0)),
    ),
    # --- charms
    _charm(
        "star-charm",
        "sky",
        ("Little star", "Звёздочка"),
        ("Five points, 12 mm.", "Пять лучей, 12 мм."),
        lambda: f.hanging(plate(f.star(6.0, points=5, depth=0.46), thick=1.6, dome=0.9), top=6.0),
    ),
    _charm(
        "heart-charm",
        "garden",
        ("Little heart", "Сердечко"),
        ("Full and round, 11 mm.", "Полное и округлое, 11 мм."),
        lambda: f.hanging(plate(f.heart(5.8), thick=1.9, dome=1.0), top=2.5),
    ),
    _charm(
        "moon-charm",
        "sky",
        ("Little moon", "Месяц"),
        ("A sickle of 12 mm.", "Серп 12 мм."),
        lambda: f.hanging(f.crescent(radius=5.4, full=1.6), top=5.5),
    ),
    _charm(
        "clover-charm",
        "garden",
        ("Clover", "Клевер"),
        ("Four leaves, for luck.", "Четыре листа на счастье."),
        lambda: f.hanging(plate(f.flower(5.8, petals=4, depth=0.4), thick=1.7, dome=0.7), top=5.8),
    ),
    _charm(
        "drop-charm",
        "tide",
        ("Little drop", "Капелька"),
        ("Solid, 10 mm long.", "Литая, длина 10 мм."),
        lambda: f.hanging(f.drop_body(length=10.0, width=5.4), top=10.0),
    ),
    _charm(
        "blossom-charm",
        "garden",
        ("Blossom", "Цветок"),
        ("Six petals and a bead, 12 mm.", "Шесть лепестков и бусина, 12 мм."),
        lambda: f.hanging(
            f.together(plate(f.flower(6.0, petals=6, depth=0.3), thick=1.5, dome=0.2), ball(1.6, (0, -0.9, 0))), top=6.0
        ),
    ),
    _charm(
        "ring-charm",
        "rope",
        ("Little lifebelt", "Спасательный круг"),
        ("A ring of round wire on a ring.", "Кольцо из круглой проволоки на колечке."),
        lambda: f.hanging(hoop(circle(4.6, 60), 1.3), top=5.9),
    ),
]


def turned_upright(triangles: Floats) -> Floats:
    return f.turned(triangles, degrees=90, axis="y")


def turned_aside(triangles: Floats) -> Floats:
    return f.turned(triangles, degrees=58, axis="y")
