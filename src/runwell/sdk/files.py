"""Files kept with a run: ``run.save`` and whatever a script puts into ``run.dir``."""

from __future__ import annotations

import os

from runwell.wire import names, records
from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import text_of

from .journal import Journal
from .notices import warn_once

PARTIAL = ".partial"  # the end of the name of a file that is being written
_POLICIES = ("now", "live", "end")
# What the companion writes there, and records itself.
_NOT_OURS = frozenset({"wandb-metadata.json", "requirements.txt", "config.yaml", "diff.patch"})
_MAX_FILES = 100_000  # files of one run that are looked at, a bound for directories that grow by mistake


class RunFiles:
    """The ``files`` directory of one run.

    Args:
        run_dir: the run directory.
        journal: where ``file`` records go.
    """

    def __init__(self, run_dir: str, journal: Journal) -> None:
        self._root = os.path.join(run_dir, records.FILES_DIR)
        self._journal = journal
        self._recorded: dict[str, str] = {}

    def save(self, pattern: str, base_path: str | None, policy: str) -> list[str]:
        """Copy or link the files that match, and record them; see ``Run.save``."""
        if text_of(policy) not in _POLICIES:
            raise UsageError(f"policy {shorten(policy)} is none of {', '.join(_POLICIES)}")
        import glob

        kept = []
        inside = os.path.realpath(self._root)
        for path in sorted(glob.glob(pattern, recursive=True))[:_MAX_FILES]:
            if not os.path.isfile(path):
                continue
            real = os.path.realpath(path)
            if real.startswith(inside + os.sep):
                name = names.file_path(os.path.relpath(real, inside).replace(os.sep, "/"))
            else:
                name = names.file_path(_name_of(path, base_path))
                if not self._bring_in(real, name, policy):
                    continue
            self.record(name, policy)
            kept.append(os.path.join(self._root, name))
        if not kept:
            warn_once(f"save {pattern}", f"save({shorten(pattern)}) matches no file")
        return kept

    def keep_copy(self, source: str, name: str) -> bool:
        """Copy a file into the directory as ``name`` and record it; False if it can't be kept."""
        try:
            name = names.file_path(name)
        except ValueError as error:
            warn_once(f"file {name}", f"{error}; it isn't kept")
            return False
        if not self._bring_in(source, name, "now"):
            return False
        self.record(name, "now")
        return True

    def record(self, name: str, policy: str) -> None:
        """Record that a file below ``files`` belongs to the run."""
        if self._recorded.get(name) == policy and policy != "now":
            return
        self._recorded[name] = policy
        self._journal.record(records.FILE, {"path": name, "policy": policy})

    def record_unsaved(self) -> None:
        """Record the files that the script put into the directory by itself."""
        seen = 0
        for directory, _, files in os.walk(self._root):
            for file in sorted(files):
                seen += 1
                if seen > _MAX_FILES:
                    return
                name = os.path.relpath(os.path.join(directory, file), self._root).replace(os.sep, "/")
                if name in self._recorded or name in _NOT_OURS or name.endswith(PARTIAL):
                    continue
                try:
                    self.record(names.file_path(name), "end")
                except ValueError as error:
                    warn_once(f"file {name}", f"{error}; it isn't sent")

    def _bring_in(self, source: str, name: str, policy: str) -> bool:
        target = os.path.join(self._root, name)
        try:
            os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
            if os.path.lexists(target):
                os.unlink(target)
            if policy != "now":
                try:
                    os.symlink(source, target)
                    return True
                except (OSError, NotImplementedError):
                    pass  # a filesystem without links takes a copy
            import shutil

            shutil.copyfile(source, target)
            os.chmod(target, 0o600)
        except OSError as error:
            warn_once(f"save {source}", f"{source} can't be kept with the run ({error.strerror})")
            return False
        return True


def _name_of(path: str, base_path: str | None) -> str:
    whole = os.path.abspath(path)
    relative = os.path.relpath(whole, os.path.abspath(base_path or os.getcwd()))
    if relative.startswith(".."):
        if base_path is not None:
            raise UsageError(f"{shorten(path)} isn't below base_path {shorten(base_path)}")
        relative = os.path.basename(whole)
    return relative.replace(os.sep, "/")
