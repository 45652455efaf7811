"""Installs the lock into `.venv`: run by the Makefile with any Python, so standard library only.

What was installed is stamped with the hash of the lock, so a second run costs nothing; a run that
was killed leaves no stamp, and the next one goes on where it stopped. Every file is checked against
the lock's hashes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".ytempire-installed"
LOCK = ROOT / "requirements.txt"
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


class CannotInstall(Exception):
    """Why nothing can be installed; its text is one line for a person."""


def main() -> int:
    """Install unless it was done. Returns the exit status."""
    try:
        check_access()
        wanted = fingerprint()
        if is_installed(wanted):
            return 0
        with LOCK.open() as handle:  # one installation at a time
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not is_installed(wanted):
                install(wanted)
    except CannotInstall as error:
        print(f"ytempire: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ytempire: stopped; run it again to go on.", file=sys.stderr)
        return 130
    return 0


def check_access() -> None:
    """That the checkout can be written and that Python can make environments."""
    try:
        with tempfile.TemporaryFile(dir=ROOT):
            pass
    except OSError as error:
        raise CannotInstall(
            f"{ROOT} cannot be written ({error.strerror}). Clone it where you may write."
        ) from error
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise CannotInstall(
            f"{sys.executable} lacks the module {error.name} "
            f"(on Debian and Ubuntu: apt install python{VERSION}-venv)."
        ) from error


def fingerprint() -> str:
    """Changes when something else has to be installed."""
    said = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes())
    said.update((ROOT / "pyproject.toml").read_bytes())
    said.update(f"{ROOT} {VERSION}".encode())
    return said.hexdigest()


def is_installed(wanted: str) -> bool:
    return STAMP.is_file() and STAMP.read_text().strip() == wanted and PYTHON.exists()


def install(wanted: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        STAMP.unlink()
    if not has_usable_venv():
        say(f"making .venv with Python {VERSION}")
        run(sys.executable, "-m", "venv", "--clear", str(VENV), what="make .venv")
    settings = uv_settings()
    install_uv()
    say("installing the lock (some 380 packages; the first time downloads some 700 MB)")
    uv = (str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON))
    run(*uv, "--no-deps", "--require-hashes", "-r", str(LOCK), what="install", extra=settings)
    run(*uv, "--no-build-isolation", "--no-deps", "-e", str(ROOT), what="install", extra=settings)
    part = STAMP.with_suffix(".part")
    part.write_text(wanted + "\n")
    part.replace(STAMP)


def has_usable_venv() -> bool:
    """Whether a `.venv` of this Python is there and whole enough to go on with."""
    probe = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == VERSION


def install_uv() -> None:
    """Get the locked uv by pip, which checks its hashes; uv then installs the rest, quickly."""
    found = re.search(r"^uv==(\S+) \\\n(?:    --hash=\S+(?: \\)?\n)+", LOCK.read_text(), re.M)
    if not found:
        raise CannotInstall(f"{LOCK.name} does not pin uv; run `make lock`.")
    with contextlib.suppress(OSError):
        done = subprocess.run(
            [str(VENV / "bin" / "uv"), "--version"], capture_output=True, text=True
        )
        if done.returncode == 0 and done.stdout.split()[1:2] == [found.group(1)]:
            return
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(found.group(0).rstrip(" \\\n") + "\n")
        pip = (str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--no-deps", "--require-hashes", "-r", str(only_uv), what="install uv")


def uv_settings() -> dict[str, str]:
    """pip's settings as uv's, which does not read them: index, extra indexes, links, authorities.

    The lock's hashes decide what may be installed, wherever it comes from.
    """
    done = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True
    )
    pip = {}
    for line in done.stdout.splitlines():
        name, _, value = line.partition("=")
        pip[name.split(".", 1)[-1]] = value.strip("'\"")
    remote = [url for url in pip.get("extra-index-url", "").split() if url.startswith("http")]
    wanted = {
        "UV_DEFAULT_INDEX": os.environ.get("PIP_INDEX_URL") or pip.get("index-url"),
        "UV_INDEX": " ".join(remote),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if remote else "",
        "UV_FIND_LINKS": ",".join(pip.get("find-links", "").split()),
        "SSL_CERT_FILE": pip.get("cert"),
    }
    return {name: value for name, value in wanted.items() if value and name not in os.environ}


def run(*command: str, what: str, extra: dict[str, str] | None = None) -> None:
    """Run a step; its own output says what went wrong."""
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(extra or {})})
    if done.returncode != 0:
        raise CannotInstall(
            f"could not {what} (see above). Nothing is half-done: run it again to go on."
        )


def say(line: str) -> None:
    print(f"ytempire: {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
