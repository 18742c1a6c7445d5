/**
 * The database, one entry a version; a released entry is never edited, only followed by another.
 * Amounts are TEXT: an SPL amount is an unsigned 64-bit number, and SQLite's integers are signed.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE lease (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL,
    host TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE deployments (
    id TEXT PRIMARY KEY,
    pipeline TEXT NOT NULL,
    genesis_hash TEXT NOT NULL,
    wallet TEXT NOT NULL,
    generation INTEGER NOT NULL,
    nodes TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    UNIQUE (pipeline, genesis_hash, wallet, generation)
  ) STRICT;

  CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    full_key TEXT NOT NULL UNIQUE,
    deployment TEXT NOT NULL REFERENCES deployments (id),
    node TEXT NOT NULL,
    state TEXT NOT NULL,
    intent TEXT NOT NULL,
    fill TEXT,
    reason TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX orders_of_deployment ON orders (deployment, number);

  CREATE TABLE attempts (
    signature TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    number INTEGER NOT NULL,
    wire BLOB NOT NULL,
    last_valid_block_height INTEGER NOT NULL,
    slot INTEGER,
    venue TEXT NOT NULL,
    promise TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (order_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE moves (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    was TEXT,
    became TEXT NOT NULL,
    cause TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX moves_of_order ON moves (order_id, number);

  CREATE TABLE node_state (
    deployment TEXT NOT NULL REFERENCES deployments (id),
    node TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (deployment, node, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reports (
    number INTEGER PRIMARY KEY,
    deployment TEXT NOT NULL REFERENCES deployments (id),
    order_id TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    report TEXT NOT NULL,
    UNIQUE (order_id, state, detail)
  ) STRICT;
  CREATE INDEX reports_by_time ON reports (at);
  `,
  `
  ALTER TABLE attempts ADD COLUMN channel TEXT NOT NULL DEFAULT 'public';
  `,
  `
  ALTER TABLE attempts ADD COLUMN fill TEXT;
  `,
  `
  ALTER TABLE orders ADD COLUMN arming TEXT;
  ALTER TABLE orders ADD COLUMN holder TEXT;
  CREATE INDEX orders_of_holder ON orders (deployment, holder, number) WHERE holder IS NOT NULL;
  `,
  `
  CREATE TABLE requests (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    taken_at INTEGER,
    answered_at INTEGER,
    done INTEGER,
    answer TEXT
  ) STRICT;
  CREATE INDEX requests_unanswered ON requests (number) WHERE answered_at IS NULL;

  CREATE TABLE kill_switch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;

  CREATE TABLE wallet_marks (
    genesis_hash TEXT NOT NULL,
    wallet TEXT NOT NULL,
    signature TEXT,
    holdings TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (genesis_hash, wallet)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Of an order that is traded with another wallet than its deployment's own; NULL: with that one.
  ALTER TABLE orders ADD COLUMN wallet TEXT;
  `,
  `
  CREATE TABLE budgets (
    deployment TEXT NOT NULL REFERENCES deployments (id),
    node TEXT NOT NULL,
    wallet TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (deployment, node)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a transaction cost that landed and failed.
  ALTER TABLE attempts ADD COLUMN failed TEXT;
  `,
  `
  CREATE TABLE key_places (
    genesis_hash TEXT NOT NULL,
    wallet TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (genesis_hash, wallet)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- 0 while every start of it was refused: then nothing of it ever ran.
  ALTER TABLE deployments ADD COLUMN begun INTEGER NOT NULL DEFAULT 1;
  `,
]
