-- The sessions of a server that keeps them here: one row from login to logout. A request reads it by its primary key.
CREATE TABLE sessions (
    user_id    INTEGER NOT NULL REFERENCES users (id),
    id         TEXT    NOT NULL, -- what the cookie names
    version    INTEGER NOT NULL, -- grows by one with every change
    value      TEXT    NOT NULL, -- what is kept of it; no statement looks inside
    successor  TEXT,             -- the id of the session that took this one's place, until the row expires
    ends_at_ms INTEGER NOT NULL, -- slides with use
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_end ON sessions (ends_at_ms);
