"""The records of a journal: what each kind says. The one table that writers and readers share.

Every journal starts with an ``open`` record. Fields marked ? may be absent; readers skip kinds and
fields they don't know, and keep the lines.

========  ==========================================================================================
kind      payload
========  ==========================================================================================
open      ``format`` int, ``journal`` writer id (32 hex digits; the writer's name on the wire),
          ``role`` "main" | "child" | "system" | "console", ``run`` {``id``, ``project``, ``entity``?}, ``mode``
          "online" | "offline", ``base_url``, ``pid``, ``process_started`` (seconds since the epoch, as
          psutil's create_time gives it), ``created_at`` (seconds since the epoch), ``sdk_version``,
          ``python_version``, ``resume``? {"starting_step": int}, ``code``? bool and ``git``? bool: what the
          script said about keeping its code, ``head``? {``root``, ``commit``?, ``branch``?}: what its repository was
          at when the run began, for the companion to make known if code is kept at all,
          ``capture``? "minimal": say no host, paths or command line,
          ``fork``? or ``rewind``? {``run``, ``step``}: where it takes off
run       a partial update of the run: ``display_name``? ``notes``? ``tags``? ``group``? ``job_type``?
          ``program``? (``-m NAME`` of a module; ``script``? is its file then) ``host``? ``args``? ``cwd``?
          ``commit``? ``repo``? ``sweep``?
config    ``set`` {key: value}, ``del``? [key]
row       one history row, [step, runtime s, the user's keys nested as given, time of day s?]; or, by
          imports, an object of these keys with ``_step``, ``_runtime``, ``_timestamp``: see ``rows``.
          The n-th row record of a journal is line n (from 0) of that writer's history.
event     one row of system metrics, keys ``system.*``, with ``_runtime`` and ``_timestamp``
metric    one define_metric rule: ``name`` (may be a glob with ``*``), ``step_metric``?, ``step_sync``?
          bool, ``hidden``? bool, ``summary``? [min max mean best last first copy none], ``goal``?
          "minimize" | "maximize", ``overwrite``? bool
chart     a custom chart of a logged table: ``key`` it was logged as, ``spec`` id of what draws it, ``fields``
          {field: column}, ``strings`` {name: text}, ``table`` key of the table in the rows
summary   what the user set himself: ``set`` {dotted key: value}, ``del``? [dotted key]
out       console lines: ``n`` line number (from 0, per journal; a later record replaces the line),
          ``s`` "stdout" | "stderr", ``t`` seconds since the epoch, ``x`` text without line end
file      ``path`` below the run directory's ``files/``, ``policy`` "now" | "live" | "end"
count     counters that only grow, {name: int since the journal began}: ``coerced_values``,
          ``rejected_values``, ``deferred_rows``, ``lost_rows``, ``torn_bytes``, ``clock_jumps``, …
artifact  a version logged: ``key``, ``path`` of the document below the run directory (fields of CreateArtifact
          and the manifest; its bytes lie beside it)
use       a version read: ``key``, ``id`` on the server or ``client_id``, ``entity``, ``project``, ``use_as``?
link      a version put into a portfolio: ``key``, ``id`` or ``client_id``, ``entity``, ``project``,
          ``portfolio``, ``aliases`` [text]
alert     ``title``, ``text``, ``level`` "INFO" | "WARN" | "ERROR", ``wait_s``
exit      the last record of a clean end: ``code`` int, ``state`` "finished" | "failed" |
          "interrupted" | "preempted", ``runtime`` s, ``error``? text of the exception
========  ==========================================================================================

The run directory::

    runwell/run-20261123_101500-abc12345/     0700; files 0600
    ├── journal/main.jsonl                    written by the training process
    ├── journal/<pid>-<started_ms>.jsonl      by a forked child that logs
    ├── journal/console-<pid>-<ms>.jsonl      by a relay, where the console is redirected
    ├── journal/system.jsonl                  by the companion
    ├── files/                                what belongs to the run as files
    ├── artifacts/<key>.json                  by the training process: a version as it was logged
    ├── artifacts/<client id>/<MD5 in hex>    its bytes, until they are on the server
    ├── artifacts/<key>.result.json           by sync alone: what became of it
    ├── sync/cursor.json                      by sync alone: how far each journal is on the server
    ├── sync/status.json                      by sync alone: what finish() shows
    ├── sync/lock                             held (flock) by the one sync of this directory
    └── companion.log, companion.lock         by the companion
"""

from __future__ import annotations

from typing import Literal

OPEN = "open"
RUN = "run"
CONFIG = "config"
ROW = "row"
EVENT = "event"
METRIC = "metric"
CHART = "chart"
SUMMARY = "summary"
OUT = "out"
FILE = "file"
COUNT = "count"
ARTIFACT = "artifact"
USE = "use"
LINK = "link"
ALERT = "alert"
EXIT = "exit"

RunState = Literal["pending", "running", "finished", "failed", "crashed", "interrupted", "preempted", "killed"]
ENDED_STATES = frozenset({"finished", "failed", "crashed", "interrupted", "preempted", "killed"})

JOURNAL_DIR = "journal"
MAIN_JOURNAL = "journal/main.jsonl"
SYSTEM_JOURNAL = "journal/system.jsonl"
FILES_DIR = "files"
ARTIFACTS_DIR = "artifacts"
CURSOR_FILE = "sync/cursor.json"
STATUS_FILE = "sync/status.json"
SYNC_LOCK = "sync/lock"
SESSION_FILE = "session.ipynb"  # the cells that a notebook ran, written at the run's end
COMPANION_LOCK = "companion.lock"
COMPANION_LOG = "companion.log"
