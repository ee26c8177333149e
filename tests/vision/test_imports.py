import subprocess
import sys


def test_the_types_can_be_used_without_loading_a_runtime() -> None:
    code = (
        "import sys, autosilo.vision.faces, autosilo.vision.cars, autosilo.vision.samples.clip;"
        "heavy = {'onnx', 'onnxruntime', 'ai_edge_litert', 'torch', 'tensorflow', 'cv2'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
