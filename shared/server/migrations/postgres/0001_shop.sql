-- Times are milliseconds since 1970 in UTC, money is cents.
CREATE TABLE users (
    id              BIGINT PRIMARY KEY,
    username        TEXT   NOT NULL UNIQUE,
    password_hash   TEXT   NOT NULL,
    roles           TEXT   NOT NULL, -- words with commas between them
    member_since_ms BIGINT NOT NULL
);

CREATE TABLE user_preferences (
    user_id  BIGINT PRIMARY KEY REFERENCES users (id),
    theme    TEXT   NOT NULL,
    language TEXT   NOT NULL,
    timezone TEXT   NOT NULL,
    version  BIGINT NOT NULL -- grows by one with every write
);

CREATE TABLE products (
    id          BIGINT PRIMARY KEY,
    name        TEXT   NOT NULL,
    price_cents BIGINT NOT NULL CHECK (price_cents >= 0),
    stock       BIGINT NOT NULL CHECK (stock >= 0)
);

-- A confirmed draft: its key is what makes the confirmation count once.
CREATE TABLE checkouts (
    draft_id        TEXT   PRIMARY KEY,
    user_id         BIGINT NOT NULL REFERENCES users (id),
    draft           TEXT   NOT NULL, -- as JSON
    confirmed_at_ms BIGINT NOT NULL
);

-- An order carries the Idempotency-Key that placed it, so the two cannot be torn apart.
CREATE TABLE orders (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id          BIGINT NOT NULL REFERENCES users (id),
    product_id       BIGINT NOT NULL REFERENCES products (id),
    quantity         BIGINT NOT NULL CHECK (quantity > 0),
    unit_price_cents BIGINT NOT NULL,
    created_at_ms    BIGINT NOT NULL,
    idempotency_key  TEXT,
    draft_id         TEXT REFERENCES checkouts (draft_id),
    UNIQUE (user_id, idempotency_key)
);
CREATE INDEX orders_by_user ON orders (user_id, id);
CREATE INDEX orders_by_draft ON orders (draft_id) WHERE draft_id IS NOT NULL;

-- The logins of a server that keeps none in memory: one row from login to logout.
CREATE TABLE refresh_families (
    id            TEXT   PRIMARY KEY,
    user_id       BIGINT NOT NULL REFERENCES users (id),
    token_hash    TEXT   NOT NULL UNIQUE,
    expires_at_ms BIGINT NOT NULL
);
