-- The logins of a server that keeps none in memory: one row from login to logout. Its refresh tokens form a chain, of which
-- only hashes stand here. What the first version of this table held cannot be continued: those users log in again.
DROP TABLE refresh_families;
CREATE TABLE refresh_families (
    id            TEXT    PRIMARY KEY,
    user_id       INTEGER NOT NULL REFERENCES users (id),
    secret        TEXT    NOT NULL, -- leads from one token of the chain to the next
    current_hash  TEXT    NOT NULL, -- of the token that renews
    previous_hash TEXT,             -- of the one before, which is good a moment longer
    given         INTEGER NOT NULL, -- access tokens so far
    created_at_ms INTEGER NOT NULL,
    renewed_at_ms INTEGER NOT NULL,
    ends_at_ms    INTEGER NOT NULL, -- no renewal moves it
    user_agent    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_families_by_user ON refresh_families (user_id, created_at_ms);
CREATE INDEX refresh_families_by_end ON refresh_families (ends_at_ms);
