"""The virtual environment of the peers, with the versions that requirements.txt pins."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def interpreter() -> pathlib.Path:
    """Its Python; made below .build/peers when it is not there or other versions are wanted."""
    folder = ROOT / ".build" / "peers"
    requirements = pathlib.Path(__file__).with_name("requirements.txt")
    stamp = folder / "stamp"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", requirements], check=True, stdout=sys.stderr)
        stamp.write_text(requirements.read_text())
    return folder / "bin" / "python3"
