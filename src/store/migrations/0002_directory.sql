-- The directory: templates, classes, lines, groups, boxes, roles, tokens, contacts.

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

CREATE TABLE contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenant (id),
    own TEXT NOT NULL
) STRICT;

-- One ring timeout became one for each origin of a call.
UPDATE extension SET own = json_set(
    json_remove(own, '$.ring_timeout'),
    '$.failover_internal_timeout', json_extract(own, '$.ring_timeout'),
    '$.failover_external_timeout', json_extract(own, '$.ring_timeout'),
    '$.failover_transfer_timeout', json_extract(own, '$.ring_timeout')
) WHERE json_extract(own, '$.ring_timeout') IS NOT NULL;

-- The allowed network became an address and a mask.
UPDATE account SET own = json_set(
    json_remove(own, '$.allowed'),
    '$.allowed_address', substr(json_extract(own, '$.allowed'), 1, instr(json_extract(own, '$.allowed') || '/', '/') - 1)
) WHERE json_extract(own, '$.allowed') NOT LIKE '%/%';
UPDATE account SET own = json_set(
    json_remove(own, '$.allowed'),
    '$.allowed_address', substr(json_extract(own, '$.allowed'), 1, instr(json_extract(own, '$.allowed'), '/') - 1),
    '$.allowed_mask', substr(json_extract(own, '$.allowed'), instr(json_extract(own, '$.allowed'), '/') + 1)
) WHERE json_extract(own, '$.allowed') LIKE '%/%';
