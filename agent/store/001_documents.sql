-- What was read and what is still owed. See docs/decisions and agent/outbox.ts for the words.

-- A fiscal drive that is followed, and where its reading begins.
CREATE TABLE storage (
  storage  TEXT    NOT NULL PRIMARY KEY,
  register TEXT    NOT NULL,
  first    INTEGER NOT NULL CHECK (first >= 1),
  why      TEXT    NOT NULL,
  serial   TEXT,
  inn      TEXT,
  address  TEXT,
  debug    INTEGER NOT NULL CHECK (debug IN (0, 1)),
  seen_at  INTEGER NOT NULL
) STRICT;

-- Insert only, so that the newest `id` is always the highest. A row without bytes may be filled later; personal tags are masked and old bytes emptied by age.
-- The bytes stand last, so that what reads the other columns does not walk through them.
-- Every index that a receipt enters makes its commit longer, so most are partial: docs/decisions/010.
CREATE TABLE document (
  id          INTEGER PRIMARY KEY,
  storage     TEXT    NOT NULL,
  number      INTEGER NOT NULL CHECK (number >= 1),
  register    TEXT    NOT NULL,
  type        INTEGER,
  format      TEXT    NOT NULL CHECK (format = 'tlv' OR format = 'tax-json' OR format = 'summary' OR format = 'absent'),
  source      TEXT    NOT NULL CHECK (source IN ('register', 'import')),
  read_at     INTEGER NOT NULL,
  -- There is a delivery row for it.
  owed        INTEGER NOT NULL CHECK (owed IN (0, 1)),
  sign        TEXT,
  -- SHA-256 of the bytes as they were read; stays when they are masked or emptied.
  fingerprint TEXT,
  -- 0 as read, 1 personal tags masked, 2 they could not be found in these bytes.
  masked      INTEGER NOT NULL DEFAULT 0 CHECK (masked BETWEEN 0 AND 2),
  summary     TEXT,
  bytes       BLOB,
  UNIQUE (storage, number),
  CHECK (format IN ('tlv', 'tax-json') OR bytes IS NULL),
  CHECK (type IS NOT NULL OR format = 'absent')
) STRICT;

CREATE INDEX document_unowed ON document (register) WHERE owed = 0;
CREATE INDEX document_gap    ON document (register, format) WHERE format IN ('summary', 'absent');
CREATE INDEX document_aging  ON document (masked, read_at) WHERE owed = 0 AND bytes IS NOT NULL;

-- What is due; the only rows that change all day. Waiting: due_at is set. Accepted: settled_at is set. Parked: neither.
CREATE TABLE delivery (
  document   INTEGER NOT NULL PRIMARY KEY REFERENCES document (id),
  register   TEXT    NOT NULL,
  -- Since when it has been owed; a replay of what was settled or parked begins anew.
  owed_since INTEGER NOT NULL,
  due_at     INTEGER,
  attempts   INTEGER NOT NULL DEFAULT 0,
  settled_at INTEGER,
  outcome    TEXT,
  why        TEXT,
  answer     TEXT,
  replay     INTEGER NOT NULL DEFAULT 0 CHECK (replay IN (0, 1)),
  -- What age has done to the document's bytes: 0 nothing, 1 masked where that was possible, 2 emptied.
  aged       INTEGER NOT NULL DEFAULT 0 CHECK (aged BETWEEN 0 AND 2),
  CHECK (due_at IS NULL OR settled_at IS NULL)
) STRICT;

CREATE INDEX delivery_due       ON delivery (register, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_postponed ON delivery (register, owed_since) WHERE due_at > owed_since;
CREATE INDEX delivery_parked    ON delivery (register, due_at, settled_at) WHERE due_at IS NULL AND settled_at IS NULL;
CREATE INDEX delivery_settled   ON delivery (register, aged, settled_at) WHERE settled_at IS NOT NULL;

-- What people did, for ever.
CREATE TABLE audit (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  who    TEXT    NOT NULL,
  action TEXT    NOT NULL,
  reason TEXT    NOT NULL,
  detail TEXT    NOT NULL
) STRICT;

-- How this file came to be: `first` in a new installation; after a loss `restored` (start.json was there) or `lost`.
CREATE TABLE origin (
  only       INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  kind       TEXT    NOT NULL CHECK (kind IN ('first', 'restored', 'lost')),
  at         INTEGER NOT NULL,
  -- When quick_check last found the file sound.
  checked_at INTEGER
) STRICT;
