-- The receiver's own tables. Times are UTC. Binary collation: a key, a register or a code is itself and nothing alike.
CREATE TABLE IF NOT EXISTS chekpost_register (
  id VARCHAR(100) NOT NULL PRIMARY KEY,
  store_id INT NULL,
  returns_store_id INT NULL,
  secrets TEXT NOT NULL,
  enabled CHAR(1) NOT NULL DEFAULT 'Y',
  seen_at DATETIME NULL,
  heartbeat_at DATETIME NULL,
  heartbeat TEXT NULL,
  instances TEXT NULL,
  alarmed TEXT NULL,
  created_at DATETIME NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS chekpost_event (
  event_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  register_id VARCHAR(100) NOT NULL,
  fn CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fd INT UNSIGNED NOT NULL,
  type VARCHAR(20) NOT NULL,
  occurred_at VARCHAR(32) NOT NULL,
  state VARCHAR(10) NOT NULL,
  booking VARCHAR(10) NULL,
  documents TEXT NULL,
  reasons MEDIUMTEXT NULL,
  reason_group CHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
  response MEDIUMTEXT NULL,
  http_status SMALLINT NOT NULL,
  body MEDIUMTEXT NOT NULL,
  attempts INT NOT NULL DEFAULT 1,
  suspect VARCHAR(200) NULL,
  note TEXT NULL,
  who VARCHAR(100) NULL,
  retry_at DATETIME NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  booked_at DATETIME NULL,
  KEY by_document (register_id, fn, fd),
  KEY by_state (state, updated_at),
  KEY by_retry (retry_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS chekpost_movement (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_id INT NOT NULL,
  store_id INT NULL,
  way CHAR(3) NOT NULL,
  quantity DECIMAL(18,6) NOT NULL,
  before_amount DECIMAL(18,6) NULL,
  document_id INT NULL,
  created_at DATETIME NOT NULL,
  KEY by_event (event_key),
  KEY by_product (product_id, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS chekpost_map (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  store VARCHAR(64) NOT NULL DEFAULT '',
  kind VARCHAR(8) NOT NULL,
  code VARCHAR(500) NOT NULL,
  code_hash CHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_id INT NULL,
  factor DECIMAL(18,6) NULL,
  who VARCHAR(100) NOT NULL,
  created_at DATETIME NOT NULL,
  UNIQUE KEY one (store, code_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS chekpost_failure (
  event_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  attempts INT NOT NULL,
  last_error TEXT NOT NULL,
  at DATETIME NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE IF NOT EXISTS chekpost_audit (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at DATETIME NOT NULL,
  who VARCHAR(100) NOT NULL,
  action VARCHAR(40) NOT NULL,
  event_key VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  detail TEXT NOT NULL,
  KEY by_event (event_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
