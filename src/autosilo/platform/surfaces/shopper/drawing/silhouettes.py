"""Side views of the eight body types, facing right, on a 440 x 160 field; the ground is at y = 146.

About 85 units make a metre. Only shapes are here; paint, light and shadow are laid on by ``cars``.
"""

# ruff: noqa: E501  path data reads worse when it is broken

from dataclasses import dataclass, field

GROUND_Y = 146.0
WIDTH, HEIGHT = 440, 160


@dataclass(frozen=True, kw_only=True)
class Silhouette:
    """``roof_y`` and ``belt_y`` say where light falls; ``extras`` are marks drawn over the paint, ``behind`` under it."""

    body: str
    glass: tuple[str, ...]
    seams: tuple[str, ...]
    handles: tuple[tuple[float, float], ...]
    headlight: str
    taillight: str
    rear_x: float
    front_x: float
    wheel_r: float
    roof_y: float
    belt_y: float
    sill_y: float = 132.0
    cladding: str = ""
    extras: tuple[str, ...] = field(default=())
    behind: tuple[str, ...] = field(default=())


SILHOUETTES: dict[str, Silhouette] = {
    "saloon": Silhouette(
        body="M24 123C20 116 19 104 22 93C24 83 26 77 31 72C52 68 74 64 92 58C124 38 162 25 212 24C254 23 284 38 318 62"
        "C358 66 392 75 408 90C417 98 421 109 420 122C419 129 414 132 408 132L34 132C28 132 25 129 24 123Z",
        glass=(
            "M110 63C136 43 168 33 205 32L207 66L118 66Z",
            "M213 32C247 31 272 43 304 67L215 67Z",
        ),
        seams=("M210 67C213 88 213 112 208 130", "M300 69C294 88 296 112 302 130", "M120 67C118 82 126 90 134 104"),
        handles=((146, 77), (232, 77)),
        headlight="M380 80C394 83 406 90 413 98L401 96C392 93 385 87 380 80Z",
        taillight="M18 74L60 67L54 76L18 86Z",
        rear_x=99,
        front_x=344,
        wheel_r=29,
        roof_y=24,
        belt_y=68,
    ),
    "hatchback": Silhouette(
        body="M54 122C49 112 49 98 53 86C56 74 61 60 71 44C78 33 92 26 120 23C170 18 224 19 256 31C284 42 304 53 323 66"
        "C351 70 375 79 385 93C391 102 393 112 392 122C391 130 386 132 380 132L66 132C59 132 56 129 54 122Z",
        glass=(
            "M84 63C87 49 95 37 116 33C142 29 164 28 186 28L189 66L90 66Z",
            "M194 28C228 28 251 36 272 48C284 55 294 61 304 67L197 67Z",
        ),
        seams=("M192 67C194 90 193 112 189 130", "M301 69C295 90 296 112 301 130", "M98 67C98 82 110 92 126 100"),
        handles=((128, 77), (214, 77)),
        headlight="M352 77C366 80 380 89 387 99C378 99 366 96 360 90C356 86 353 82 352 77Z",
        taillight="M44 66L78 60L72 82L44 86Z",
        rear_x=113,
        front_x=333,
        wheel_r=29,
        roof_y=20,
        belt_y=68,
        extras=('<path d="M69 43C74 33 84 26 100 23L122 21L121 26L101 28C89 31 81 36 76 45Z" fill="#12171f"/>',),
    ),
    "estate": Silhouette(
        body="M24 123C20 112 20 97 24 85C27 74 33 58 46 42C54 32 68 27 92 25C150 20 214 19 246 27C276 36 298 48 322 63"
        "C358 67 394 76 409 91C418 99 421 110 420 122C419 129 414 132 408 132L36 132C29 132 26 129 24 123Z",
        glass=(
            "M62 62C66 47 76 37 98 34L126 31L129 65L66 65Z",
            "M134 31C160 29 184 28 207 29L210 66L137 65Z",
            "M215 29C248 31 270 43 305 67L218 67Z",
        ),
        seams=("M212 67C215 90 214 112 209 130", "M301 69C295 90 296 112 302 130", "M130 66C126 82 130 92 136 106"),
        handles=((150, 77), (234, 77)),
        headlight="M380 81C394 84 406 91 413 99L401 97C392 94 385 88 380 81Z",
        taillight="M16 72L52 66L47 80L16 88Z",
        rear_x=99,
        front_x=345,
        wheel_r=29,
        roof_y=20,
        belt_y=68,
        extras=(
            '<path d="M94 24C140 19 200 17 236 22" fill="none" stroke="#12171f" stroke-width="3.4" stroke-linecap="round"/>',
        ),
    ),
    "suv": Silhouette(
        body="M29 120C24 108 24 92 28 78C31 60 40 40 52 26C60 16 76 12 100 10C156 5 216 5 248 14C276 22 298 38 319 54"
        "C353 57 388 63 404 77C414 86 418 101 417 118C416 126 411 129 404 129L42 129C35 129 31 126 29 120Z",
        glass=(
            "M63 52C68 37 77 24 102 20L128 18L131 55L66 55Z",
            "M137 17C162 15 186 15 209 16L212 56L140 55Z",
            "M218 16C248 18 270 31 302 57L221 57Z",
        ),
        seams=("M214 57C217 82 216 106 212 122", "M300 59C293 80 294 104 298 122", "M132 56C128 74 132 84 140 96"),
        handles=((152, 67), (238, 67)),
        headlight="M376 68C391 70 403 76 409 86L394 84C386 80 380 75 376 68Z",
        taillight="M20 60L52 55L48 70L20 76Z",
        rear_x=101,
        front_x=342,
        wheel_r=32,
        roof_y=7,
        belt_y=58,
        sill_y=129,
        cladding="M22 112L66 112L140 116L300 116L384 110L420 106L420 134L22 134Z",
        extras=(
            '<path d="M104 9C150 3 208 3 240 9" fill="none" stroke="#12171f" stroke-width="4" stroke-linecap="round"/>',
        ),
    ),
    "van": Silhouette(
        body="M22 120C19 90 20 48 28 22C31 10 42 5 60 4L268 4C306 4 328 16 346 36C360 52 374 65 394 74C412 82 420 94 420 112"
        "L419 122C418 129 414 132 408 132L34 132C26 132 23 128 22 120Z",
        glass=(
            "M42 52C43 40 46 26 50 20C52 17 56 16 62 16L120 16L120 60L44 60C42 60 42 56 42 52Z",
            "M127 16L220 16L220 61L127 60Z",
            "M227 16L262 16C294 16 314 25 330 40C338 48 344 55 352 63L227 62Z",
        ),
        seams=("M224 14L224 128", "M340 64C326 84 322 110 326 130", "M124 14L124 112", "M40 70L224 70"),
        handles=((196, 76), (236, 76)),
        headlight="M384 78C398 80 411 88 416 100C406 101 396 99 391 94C387 90 385 84 384 78Z",
        taillight="M14 58L34 56L33 92L14 92Z",
        rear_x=98,
        front_x=350,
        wheel_r=29,
        roof_y=4,
        belt_y=64,
    ),
    "pickup": Silhouette(
        body="M14 116L17 70C17 64 20 62 26 62L146 60L152 30C155 19 164 13 182 12L252 11C278 11 296 27 314 54C352 56 388 62 405 75"
        "C416 84 421 98 420 115C419 124 414 127 406 127L30 127C19 127 14 125 14 116Z",
        glass=(
            "M157 55L163 31C165 25 170 21 181 20L212 19L213 56L157 56Z",
            "M220 19L250 19C272 20 284 34 297 57L220 57Z",
        ),
        seams=("M150 62L150 118", "M217 58C219 80 218 104 214 118", "M299 59C294 80 296 104 300 118", "M28 72L142 71"),
        handles=((184, 68), (240, 68)),
        headlight="M379 66C394 68 407 75 413 86L399 85C389 81 383 74 379 66Z",
        taillight="M10 64L32 64L31 90L10 90Z",
        rear_x=88,
        front_x=350,
        wheel_r=33,
        roof_y=8,
        belt_y=60,
        sill_y=127,
        cladding="M8 110L56 110L126 115L310 115L390 109L424 104L424 134L8 134Z",
        extras=('<path d="M22 62L146 60L146 65L22 67Z" fill="#12171f"/>',),
    ),
    "sports": Silhouette(
        body="M22 120C18 110 20 98 28 90C34 84 44 80 58 76C96 64 132 44 188 40C228 38 260 52 294 73C342 75 388 86 408 102"
        "C418 109 422 115 421 122C419 129 412 132 404 132L40 132C30 132 24 129 22 120Z",
        glass=(
            "M116 71C142 55 168 48 190 47L192 76L132 76C124 76 118 74 116 71Z",
            "M198 47C226 47 250 58 276 76L200 76Z",
        ),
        seams=("M280 77C272 92 272 112 278 130", "M166 77C168 96 176 112 190 130"),
        handles=((182, 86),),
        headlight="M370 86C387 88 401 95 409 104L395 103C384 100 376 94 370 86Z",
        taillight="M16 88L64 76L58 84L16 98Z",
        rear_x=98,
        front_x=340,
        wheel_r=30,
        roof_y=40,
        belt_y=78,
        extras=('<path d="M27 91C38 82 52 78 66 74L64 70C48 73 34 78 25 86Z" fill="#12171f"/>',),
    ),
    "convertible": Silhouette(
        body="M22 121C18 110 19 98 25 89C30 81 40 77 56 75C80 71 104 70 128 72L262 74C276 74 288 73 300 73"
        "C346 75 390 85 408 100C418 108 422 115 421 122C419 129 412 132 404 132L38 132C29 132 24 129 22 121Z",
        glass=("M254 72L231 47L238 47C256 54 274 63 290 74Z",),
        seams=("M284 76C276 92 276 112 282 130", "M160 75C160 96 168 112 180 130"),
        handles=((176, 85),),
        headlight="M370 84C387 86 401 93 409 102L395 101C384 98 376 92 370 84Z",
        taillight="M14 86L58 76L52 85L14 96Z",
        rear_x=97,
        front_x=341,
        wheel_r=29,
        roof_y=62,
        belt_y=76,
        behind=(
            '<path d="M140 76C138 62 140 50 150 48C160 47 164 54 166 76Z" fill="#6a4737"/>',
            '<rect x="141" y="40" width="17" height="14" rx="6" fill="#80594a"/>',
            '<path d="M196 78C194 64 196 52 206 50C216 49 220 56 222 78Z" fill="#6a4737"/>',
            '<rect x="197" y="42" width="17" height="14" rx="6" fill="#80594a"/>',
            '<path d="M228 72L240 58" stroke="#12171f" stroke-width="4" stroke-linecap="round"/>',
            '<path d="M86 74C92 62 120 60 134 64L136 76Z" fill="#1d2530"/>',
        ),
        extras=(
            '<path d="M292 75C272 62 252 52 230 45" fill="none" stroke="#12171f" stroke-width="5" stroke-linecap="round"/>',
        ),
    ),
}
