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
        body="M29 120C26 113 26 104 27 94L29 74C31 58 36 38 43 25C47 17 53 14 64 13C120 9 188 9 234 14C250 16 261 24 273 34"
        "C284 43 292 51 300 60C336 60 376 63 397 70C408 74 414 82 416 93L418 112C418 119 415 124 408 124L38 124C33 124 31 123 29 120Z",
        glass=(
            "M48 58C50 46 54 34 59 26C60 23 63 22 67 21L104 19L107 59L50 60C48 60 48 59 48 58Z",
            "M112 18C136 17 158 17 180 17L184 59L114 59Z",
            "M188 17C206 18 220 19 231 21C247 25 266 41 281 59L192 59Z",
        ),
        seams=(
            "M109 60C109 72 114 82 126 90",
            "M187 60C190 84 190 104 187 119",
            "M285 60C280 82 281 104 285 119",
            "M306 64C338 65 368 68 388 74",
        ),
        handles=((150, 70), (212, 70)),
        headlight="M378 76L407 80C410 84 412 88 413 92L392 89C386 86 381 81 378 76Z",
        taillight="M18 62L46 60L43 86L18 90Z",
        rear_x=101,
        front_x=343,
        wheel_r=33,
        roof_y=11,
        belt_y=61,
        sill_y=124,
        cladding="M20 109L52 109L60 84C63 77 69 73 77 72L125 72C133 73 139 77 142 84L150 111L294 111L302 84C305 77 311 73 319 72"
        "L367 72C375 73 381 77 384 84L391 107L424 103L424 134L20 134Z",
        extras=(
            '<path d="M70 13L78 7C122 4 178 4 216 7L225 13M122 11V6M176 11V6" fill="none" stroke="#12171f" stroke-width="3.4"'
            ' stroke-linecap="round" stroke-linejoin="round"/>',
            '<path d="M396 116L415 113C414 118 412 121 408 122L398 122Z" fill="#aeb6bf"/>',
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
