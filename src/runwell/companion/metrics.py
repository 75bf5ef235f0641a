"""Samples of the machine and of the trainer's process, under the official client's key names.

Source: the keys that the official client writes (``cpu``, ``memory_percent``, ``proc.memory.rssMB``,
``disk./.usagePercent``, ``gpu.0.gpu``, …), with ``system.`` in front as on the wire. ``system.cpu`` is the
trainer's share of all cores; ``system.cpu_percent``, the whole machine's load, is ours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from runwell.wire.limits import MIB

from .gpu import Gpus

MAX_CORES_SHOWN = 32  # beyond it one line a core is noise
MAX_DISKS = 8


class SystemMetrics:
    """Reads one row of system metrics at a time.

    Args:
        pid: the trainer's process id.
        run_dir: its disk is watched beside the root's.
    """

    def __init__(self, pid: int, run_dir: Path) -> None:
        self._cores = psutil.cpu_count() or 1
        self._gpus = Gpus()
        self._mounts = sorted({"/", _mount_of(run_dir)})
        try:
            self._process: psutil.Process | None = psutil.Process(pid)
        except (psutil.Error, ValueError):
            self._process = None
        self._network = _quietly(psutil.net_io_counters)
        self._disks: dict[str, Any] = _quietly(self._disk_counters) or {}
        self._readers = [self._cpu, self._memory, self._disk, self._disk_traffic, self._traffic, self._gpus.read]
        self.read()  # percentages count from the call before

    def read(self) -> dict[str, float]:
        """Give what is to be had now: key (with ``system.``) → value. Absent hardware has no key."""
        row: dict[str, float] = {}
        for reader in self._readers:
            row.update({f"system.{key}": value for key, value in (_quietly(reader) or {}).items()})
        return row

    def close(self) -> None:
        """Let go of the GPUs."""
        self._gpus.close()

    def _cpu(self) -> dict[str, float]:
        row: dict[str, float] = {"cpu_percent": psutil.cpu_percent()}
        if self._cores <= MAX_CORES_SHOWN:
            for index, percent in enumerate(psutil.cpu_percent(percpu=True)):
                row[f"cpu.{index}.cpu_percent"] = percent
        if self._process is not None:
            try:
                with self._process.oneshot():
                    row["cpu"] = self._process.cpu_percent() / self._cores
                    row["proc.cpu.threads"] = self._process.num_threads()
            except psutil.Error:
                pass
        return row

    def _memory(self) -> dict[str, float]:
        memory = psutil.virtual_memory()
        row = {"memory_percent": memory.percent, "proc.memory.availableMB": memory.available / MIB}
        if self._process is not None:
            try:
                rss = self._process.memory_info().rss
                row["proc.memory.rssMB"] = rss / MIB
                row["proc.memory.percent"] = 100.0 * rss / memory.total
            except psutil.Error:
                pass
        return row

    def _disk(self) -> dict[str, float]:
        row: dict[str, float] = {}
        for mount in self._mounts:
            usage = psutil.disk_usage(mount)
            row[f"disk.{mount}.usagePercent"] = usage.percent
            row[f"disk.{mount}.usageGB"] = usage.used / 1024 / MIB
        return row

    def _disk_counters(self) -> dict[str, Any]:
        counters = psutil.disk_io_counters(perdisk=True) or {}
        whole = [name for name in counters if sys.platform != "linux" or Path("/sys/block", name).exists()]
        real = [name for name in whole if not name.startswith(("loop", "ram", "zram", "dm-", "sr"))]
        return {name: counters[name] for name in real[:MAX_DISKS]}

    def _disk_traffic(self) -> dict[str, float]:
        row: dict[str, float] = {}
        for name, now in self._disk_counters().items():
            before = self._disks.get(name)
            if before is not None:
                row[f"disk.{name}.in"] = (now.read_bytes - before.read_bytes) / MIB
                row[f"disk.{name}.out"] = (now.write_bytes - before.write_bytes) / MIB
        return row

    def _traffic(self) -> dict[str, float]:
        now, before = psutil.net_io_counters(), self._network
        if now is None or before is None:
            return {}
        return {"network.sent": now.bytes_sent - before.bytes_sent, "network.recv": now.bytes_recv - before.bytes_recv}


def _mount_of(path: Path) -> str:
    path = path.resolve()
    while not path.is_mount() and path != path.parent:
        path = path.parent
    return str(path)


def _quietly(reader: Callable[[], Any]) -> Any:
    """Call a reader; None if this machine doesn't have what it reads."""
    try:
        return reader()
    except Exception:  # whatever a driver or a container's /proc does: a sample less, never a companion less
        return None
