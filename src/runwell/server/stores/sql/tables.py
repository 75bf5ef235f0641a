"""The catalog's tables: accounts, projects, runs, files, alerts, charts, saved views.

Metrics have theirs in ``metric_tables``, artifacts in ``artifact_tables``.

Documents (config, summary, meta) are strict JSON (``runwell.wire.numbers.to_strict``), so that both
dialects can index and compare what is inside them. Times are seconds since the epoch.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON

metadata = MetaData()

# Stored as text in SQLite (its JSON functions read it), as JSONB in PostgreSQL.
Document = JSON().with_variant(JSONB(), "postgresql")
# SQLite gives rowids to INTEGER PRIMARY KEY only.
RowId = BigInteger().with_variant(Integer(), "sqlite")

entity = Table(
    "entity",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("is_team", Boolean, nullable=False, default=False),
    Column("created_at", Float, nullable=False),
)

user = Table(
    "user_account",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("entity_id", ForeignKey("entity.id"), nullable=False),  # the user's own entity, his default
    Column("email", Text),
    Column("is_admin", Boolean, nullable=False, default=False),
    Column("password_hash", Text),  # argon2id, null: no password login
    Column("settings", Document, nullable=False, default=dict),
    Column("session_epoch", Integer, nullable=False, default=0),  # raised to end every session of the user
    Column("created_at", Float, nullable=False),
    Column("removed_at", Float),
)

member = Table(
    "member",
    metadata,
    Column("entity_id", ForeignKey("entity.id"), primary_key=True),
    Column("user_id", ForeignKey("user_account.id"), primary_key=True),
    Column("role", String(16), nullable=False, default="member"),  # member | viewer
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("user_id", ForeignKey("user_account.id"), nullable=False, index=True),
    Column("name", String(128), nullable=False, default=""),
    Column("prefix", String(16), nullable=False),  # what a list may show
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # SHA-256: the key itself is 240 random bits
    Column("created_at", Float, nullable=False),
    Column("last_used_at", Float),
    Column("revoked_at", Float),
)

login_token = Table(
    "login_token",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("expires_at", Float, nullable=False),
)

secret = Table(  # server-wide signing secrets, made at the first start
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

project = Table(
    "project",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("entity_id", ForeignKey("entity.id"), nullable=False),
    Column("name", String(128), nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("active_at", Float, nullable=False),
    Column("run_serial", Integer, nullable=False, default=0),  # runs ever made: the N of adjective-noun-N
    Column("deleted_at", Float),
    UniqueConstraint("entity_id", "name"),
)

run = Table(
    "run",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("name", String(128), nullable=False),  # the run id of URLs; "name" on the W&B wire
    Column("display_name", Text, nullable=False),
    Column("user_id", ForeignKey("user_account.id")),
    Column("state", String(16), nullable=False, default="pending"),
    Column("group_name", Text, nullable=False, default=""),
    Column("job_type", Text, nullable=False, default=""),
    Column("notes", Text, nullable=False, default=""),
    Column("tags", Document, nullable=False, default=list),
    Column("sweep", String(128)),
    Column("host", Text, nullable=False, default=""),
    Column("program", Text, nullable=False, default=""),
    Column("commit_hash", Text, nullable=False, default=""),
    Column("repo", Text, nullable=False, default=""),
    Column("config", Document, nullable=False, default=dict),  # flat dotted keys → value; without _wandb/_runwell
    Column("summary", Document, nullable=False, default=dict),  # flat dotted keys → value
    Column("wandb_config", Document, nullable=False, default=dict),  # the client's own config key "_wandb"
    Column("meta", Document, nullable=False, default=dict),  # host, os, python, git … as Overview shows them
    Column("counters", Document, nullable=False, default=dict),  # what the client counted ("_runwell")
    Column("metric_rules", Document, nullable=False, default=list),  # define_metric rows, as ``metric`` records
    # Flat key → its parts, for the keys that have a dot of their own: what makes the document as it was given again.
    Column("config_paths", Document, nullable=False, default=dict, server_default="{}"),
    Column("summary_paths", Document, nullable=False, default=dict, server_default="{}"),
    Column("parent_id", BigInteger),  # the run this one was forked from; it may be deleted since
    Column("parent_step", BigInteger),  # the last step it took over
    Column("rewound_step", BigInteger),  # the step it was last rewound to
    Column("created_at", Float, nullable=False),
    Column("heartbeat_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("exit_code", Integer),
    Column("error", Text),
    Column("runtime_s", Float, nullable=False, default=0.0),
    Column("last_step", BigInteger, nullable=False, default=-1),
    Column("row_count", BigInteger, nullable=False, default=0),  # history rows accepted, all writers
    Column("stop_requested", Boolean, nullable=False, default=False),
    Column("deleted_at", Float),
    Column("purged_at", Float),  # what a deleted run had is gone too; the row keeps its id from being taken
    UniqueConstraint("project_id", "name"),
    Index("ix_run_created", "project_id", "deleted_at", "created_at", "id"),  # counts and orders without the rows
    Index("ix_run_names", "project_id", "deleted_at", "display_name", "name"),  # searched by text
    Index("ix_run_state", "state", "heartbeat_at"),
)

Index(  # PostgreSQL doesn't order by what comes behind ``deleted_at IS NULL``
    "ix_run_newest",
    run.c.project_id,
    run.c.created_at,
    run.c.id,
    postgresql_where=run.c.deleted_at.is_(None),
    sqlite_where=run.c.deleted_at.is_(None),
)

run_file = Table(
    "run_file",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("digest", String(64), nullable=False, index=True),  # SHA-256, hex
    Column("size_bytes", BigInteger, nullable=False),
    Column("md5", String(24)),  # base64, as the official client compares it; null: kept before it was reckoned
    Column("updated_at", Float, nullable=False),
    UniqueConstraint("run_id", "path"),
)

settled_run = Table(  # what a run was that had ended, while a client that came back may only be repeating it
    "settled_run",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("said", Document, nullable=False),  # column of table ``run`` → value
    Column("console_lines", BigInteger, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("repeated", Boolean, nullable=False, default=False),  # rows came since that were there
)

settled_file = Table(  # … and the files that clients write at each end; their bytes are kept meanwhile
    "settled_file",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("path", String(128), primary_key=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("md5", String(24)),
    Column("updated_at", Float, nullable=False),
)

alert = Table(  # what a script said with ``run.alert``
    "alert",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("level", String(8), nullable=False),  # INFO | WARN | ERROR
    Column("created_at", Float, nullable=False),
    Index("ix_alert_run", "run_id", "created_at"),
)

custom_chart = Table(  # Vega specs that users made; the built-in ones come with the server
    "custom_chart",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("entity_id", ForeignKey("entity.id"), nullable=False),
    Column("name", String(128), nullable=False),
    Column("display_name", Text, nullable=False, default=""),
    Column("kind", String(32), nullable=False, default="vega2"),
    Column("access", String(16), nullable=False, default="private"),
    Column("spec", Text, nullable=False),  # a JSON text, as it was given
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    UniqueConstraint("entity_id", "name"),
)

saved_view = Table(  # how somebody looks at a project's runs
    "saved_view",
    metadata,
    Column("id", String(16), primary_key=True),  # random: addresses name it
    Column("project_id", ForeignKey("project.id"), nullable=False),
    Column("user_id", ForeignKey("user_account.id"), nullable=False),  # its owner
    Column("name", String(128)),  # null: the owner's draft, what he sees while he has saved nothing
    Column("spec", Text, nullable=False),  # a JSON text, as it was given: its keys keep their order
    Column("shared", Boolean, nullable=False, default=False),
    Column("is_default", Boolean, nullable=False, default=False),
    Column("revision", Integer, nullable=False, default=1),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("ix_saved_view_project", "project_id", "user_id"),
)
_DRAFT = saved_view.c.name.is_(None)
Index(
    "ix_saved_view_draft",
    saved_view.c.project_id,
    saved_view.c.user_id,
    unique=True,
    sqlite_where=_DRAFT,
    postgresql_where=_DRAFT,
)
Index(
    "ix_saved_view_default",
    saved_view.c.project_id,
    unique=True,
    sqlite_where=saved_view.c.is_default,
    postgresql_where=saved_view.c.is_default,
)
