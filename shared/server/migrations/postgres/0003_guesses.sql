-- Wrong passwords: a row for each account that was tried, there or not, and for each address that tried.
CREATE TABLE guesses (
    subject  BIGINT PRIMARY KEY, -- a hash: what came as a name may be a password in the wrong field
    wrong    BIGINT NOT NULL,
    until_ms BIGINT NOT NULL -- from then on they do not count any more
);
CREATE INDEX guesses_by_end ON guesses (until_ms);
