"""What the cards hold and do while a stage runs: samples by NVML into `ops.gpu_samples`.

On a machine without an NVIDIA driver nothing is sampled and nothing is said.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ytempire.warehouse.database import connect

logger = logging.getLogger(__name__)

#: Seconds between two samples.
EVERY_S = 5.0
_MB = 1024 * 1024


@dataclass(frozen=True)
class Sample:
    """One card at one moment."""

    device: str
    memory_used_mb: int
    memory_total_mb: int
    utilisation_pct: float


Read = Callable[[], Sequence[Sample]]
Keep = Callable[[Sequence[Sample]], None]


@contextmanager
def cards() -> Iterator[Read | None]:
    """A way to read all cards of this machine; None where there is no NVML, or no card."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        yield None
        return
    try:
        yield _read if pynvml.nvmlDeviceGetCount() else None
    finally:
        with suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


def _read() -> list[Sample]:
    import pynvml

    samples = []
    for number in range(pynvml.nvmlDeviceGetCount()):
        with suppress(pynvml.NVMLError):  # a card that fell off the bus does not hide the others
            handle = pynvml.nvmlDeviceGetHandleByIndex(number)
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            busy = pynvml.nvmlDeviceGetUtilizationRates(handle).gpu
            samples.append(
                Sample(f"cuda:{number}", memory.used // _MB, memory.total // _MB, float(busy))
            )
    return samples


@contextmanager
def sampling(stage_run_id: str) -> Iterator[None]:
    """Sample every card while the block runs: at once, then each five seconds."""

    def keep(samples: Sequence[Sample]) -> None:
        store(samples, stage_run_id)

    with cards() as read:
        if read is None:
            yield
            return
        with watching(read, keep):
            yield


@contextmanager
def watching(read: Read, keep: Keep, every_s: float = EVERY_S) -> Iterator[None]:
    """Read and keep from a thread until the block ends. A sample that fails is left out."""
    is_done = threading.Event()

    def work() -> None:
        while True:
            try:
                keep(read())
            except Exception:  # whatever it is, the stage itself goes on
                logger.warning("A sample of the cards was not kept.", exc_info=True)
            if is_done.wait(every_s):
                return

    thread = threading.Thread(target=work, name="gpu-samples", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join(timeout=EVERY_S)


def store(samples: Sequence[Sample], stage_run_id: str | None) -> None:
    """Write samples of this machine's cards, all with the database's time."""
    if not samples:
        return
    host = socket.gethostname()
    with connect() as db:
        for sample in samples:
            db.execute(
                """
                insert into ops.gpu_samples
                    (host, device, memory_used_mb, memory_total_mb, utilisation_pct, stage_run_id)
                values (%s, %s, %s, %s, %s, %s)
                on conflict do nothing
                """,
                (
                    host,
                    sample.device,
                    sample.memory_used_mb,
                    sample.memory_total_mb,
                    min(max(sample.utilisation_pct, 0.0), 100.0),
                    stage_run_id,
                ),
            )
