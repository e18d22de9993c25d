-- Where all migrations of the settings lead. A row has its id, what is unique or referenced, and `own`: a JSON object of the
-- settings that the entity does not inherit. Ids are never given twice (AUTOINCREMENT).

CREATE TABLE fact (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE sip (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    own TEXT NOT NULL
) STRICT;

CREATE TABLE tenant (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    own TEXT NOT NULL
) STRICT;

CREATE TABLE extension (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    number TEXT NOT NULL,
    own TEXT NOT NULL,
    UNIQUE (tenant, number)
) STRICT;

CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    username TEXT NOT NULL UNIQUE COLLATE NOCASE,
    extension INTEGER REFERENCES extension (id),
    own TEXT NOT NULL
) STRICT;

CREATE TABLE user (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE COLLATE NOCASE,
    own TEXT NOT NULL
) STRICT;

CREATE TABLE phonebook (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    own TEXT NOT NULL
) STRICT;

CREATE TABLE pickup_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE line (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE class (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE extension_template (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE account_template (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    number TEXT NOT NULL,
    own TEXT NOT NULL,
    UNIQUE (tenant, number)
) STRICT;

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

CREATE TABLE role (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    own TEXT NOT NULL
) STRICT;

CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    user INTEGER NOT NULL REFERENCES user (id),
    own TEXT NOT NULL
) STRICT;

CREATE TABLE audio (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL COLLATE NOCASE,
    own TEXT NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    own TEXT NOT NULL
) STRICT;

-- One save. `difference` is a JSON array of {kind, id, name, before, after} with the keys that differ; secrets are sealed.
CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    source TEXT NOT NULL,
    difference TEXT NOT NULL
) STRICT;

INSERT INTO tenant (name, own) VALUES ('default', '{}');
