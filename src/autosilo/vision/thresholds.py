"""Every threshold of the seeing part, with its reason. Measurements: docs/reference/vision.md.

No number here is fitted to development pictures: each comes from the literature named, or from the meaning of the
quantity, and was then measured on pictures that it was not chosen on.
"""

from typing import Final

# --- faces ---------------------------------------------------------------------------------------------------------

FACE_SCORE: Final = 0.7
"""YuNet's confidence, 0..1. OpenCV's default of 0.9 misses faces in poor light; below 0.6 ornaments come in."""

FACE_OVERLAP: Final = 0.3
"""Intersection over union above which two detections are one face (OpenCV's default for YuNet)."""

FACE_SAME: Final = 0.5
"""Intersection over union from which two detections see the same face and its place is their mean. Box voting of this
kind is Gidaris & Komodakis 2015; here it makes the five points three times as steady (docs/reference/vision.md)."""

SECOND_FACE: Final = 0.25
"""A second face counts as a second person when its area is at least this share of the first's (half its width):
people who pass in the background are smaller, a person who looks over a shoulder is not."""

MATCH_SINGLE: Final = 0.363
"""Cosine of two SFace embeddings above which they are one person (OpenCV's published value for SFace; LFW 99.4 %)."""

MATCH_GATE: Final = 0.50
"""Cosine that the average of three probe frames must reach at a gate. On LFW this family has an FNMR of 1.1 % at an
FMR of about 3e-6 there; it opens a door to a car, so it is stricter than MATCH_SINGLE."""

LIVENESS: Final = 0.60
"""Mean of both MiniFASNet models' probability of "genuine". The authors decide at the highest of three classes, which
is above 1/3; this is stricter, since both views must agree to reach it."""

TOO_DARK: Final = 30.0
TOO_BRIGHT: Final = 225.0
"""Mean luma (ITU-R BT.601, 0..255) of the middle of the face. The lower limit is low on purpose: recognition loses
little down to 20 (0.07 of a cosine), and a higher one would turn people with dark skin away. From 230 up, features are
burnt out."""

MIN_NORM: Final = 9.0
MIN_CLEARNESS: Final = 0.88
"""Length of SFace's embedding before it is normalised, and YuNet's confidence, below which something covers the face.
Whole faces reach about 12 and more than 0.9; these lie below all of them on purpose, since a wrong "uncover your face"
shuts a person out. The one exception to the rule above: they were chosen on the pictures that docs/reference/vision.md
counts, so those counts flatter them. Half a face under a hand is mostly found, a mask or dark glasses on a good
picture is not; what a cover costs in likeness is judged by the match itself."""

MIN_EYE_DISTANCE: Final = 36.0
"""Pixels. SFace's input has its eyes 35 pixels apart: below it the face would be enlarged, not reduced."""

MIN_SHARPNESS: Final = 25.0
"""Variance of the Laplacian (4-neighbour) of the luma of the 112-pixel aligned face, after stretching its contrast.
A Gaussian blur of 3 pixels on a face with 60 pixels between the eyes gives 15 to 38, one of 4 pixels 8 to 18."""

MAX_YAW: Final = 25.0
MAX_PITCH: Final = 25.0
MAX_ROLL: Final = 30.0
"""Degrees, for enrolment and match. ISO/IEC 19794-5 asks for 5; recognition holds much longer."""

MAX_OFF_CENTRE: Final = 0.30
"""How far the face's centre may be from the picture's, as a share of the picture's width and height."""

# --- cars ----------------------------------------------------------------------------------------------------------

CAR_SCORE: Final = 0.40
"""SSD-MobileNetV2's confidence, 0..1, below which there is no car."""

CAR_AREA: Final = 0.03
"""Share of the frame below which a car is too far away to be told apart."""

CAR_OVERLAP: Final = 0.5
"""Intersection over union above which two detections are one vehicle (a car in front of another reaches 0.4)."""

EXACT_FALSE_RATE: Final = 0.05
"""A car is called by name above the certainty (similarity plus lead over the next model) that this share of cars of
*other* models would reach, measured on the gallery's own references with each one's model left out. So the gallery
calibrates itself; only the rate is chosen: one false name in twenty cars that are not in it."""

KNOWN: Final = 0.5
"""Calibrated probability, strangers and known cars being equally many, below which a car is said to be none of ours."""

SUSPECT: Final = 0.8
"""Probability of another model from which a reference photo is suspected to stand under the wrong one. It asks a person
to look, no more, so one needless question in five is bearable."""

MIN_REFERENCES: Final = 3
"""Reference photos below which a model is never called by name: one or two views are no mean."""
