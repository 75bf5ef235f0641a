"""The SQL catalog: SQLite and PostgreSQL through SQLAlchemy Core."""
