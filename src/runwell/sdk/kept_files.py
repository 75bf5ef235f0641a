"""Files that a script keeps with its run, and fetches from one: the part of ``Run`` that is about them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from runwell.wire import names
from runwell.wire.foreign import path_of

from .about import About
from .files import RunFiles


class KeptFiles(About):
    """What a run's files can be asked for."""

    _files: RunFiles

    def _refuse_if_closed(self, what: str) -> None:
        raise NotImplementedError

    def save(
        self, glob_str: str | os.PathLike[str], base_path: str | os.PathLike[str] | None = None, policy: str = "live"
    ) -> list[str]:
        """Keep files with the run.

        Args:
            glob_str: a path, or a pattern of paths.
            base_path: the part of the paths that is left out of the names of the kept files.
            policy: "now" copies the file as it is; "live" and "end" link to it, to be sent when it
                changes or when the run ends.

        Returns:
            The paths below the run's ``files``.
        """
        self._refuse_if_closed("save()")
        return self._files.save(
            path_of(glob_str, "save()"), None if base_path is None else path_of(base_path, "base_path"), policy
        )

    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Callable[..., bool] | None = None,
        exclude_fn: Callable[..., bool] | None = None,
    ) -> list[str]:
        """Keep source files with the run, below ``code``.

        Args:
            root: the directory whose files are kept.
            name: accepted for the official client's sake.
            include_fn: tells by a path (and the root) whether a file is kept; default: Python files.
            exclude_fn: tells which of those aren't.

        Returns:
            The names of the copies.
        """
        self._refuse_if_closed("log_code()")
        from .code import is_python, keep_code

        return keep_code(
            self._files,
            path_of("." if root is None else root, "log_code()"),
            include_fn or is_python,
            exclude_fn or (lambda path: False),
        )

    def restore(
        self,
        name: str,
        run_path: str | None = None,
        replace: bool = False,
        root: str | os.PathLike[str] | None = None,
    ) -> Any:
        """Fetch a file that a run keeps, and open it for reading.

        Args:
            name: of the file, below the run's ``files``.
            run_path: ``entity/project/run`` or a part of it from the right; default this run.
            replace: fetch it although there is such a file here.
            root: the directory to put it; default this run's ``files``.

        Returns:
            The open text file; None if the run has no such file.

        Raises:
            CommunicationError: the server can't be reached, or refuses.
        """
        from .questions import fetch_file, read_run_path

        entity, project, run_id = read_run_path(run_path, (self.entity, self.project, self.id))
        target = os.path.join(os.fspath(root) if root is not None else self.dir, names.file_path(name))
        if replace or not os.path.exists(target):
            base_url = self._opening.settings.base_url
            if not fetch_file(base_url, (entity, project, run_id), name, target):
                return None
        return open(target, encoding="utf-8", errors="replace")
