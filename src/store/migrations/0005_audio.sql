-- Recordings that are played: their names. Their sound lies beside the database, in files.

CREATE TABLE audio (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;
