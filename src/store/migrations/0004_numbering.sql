-- The numbering plan, and digits of one's own with an action behind them.

CREATE TABLE numbering (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    own TEXT NOT NULL
) STRICT;

CREATE TABLE selection (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;
