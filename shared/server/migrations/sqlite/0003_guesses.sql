-- Wrong passwords: a row for each account that was tried, there or not, and for each address that tried.
CREATE TABLE guesses (
    subject  INTEGER PRIMARY KEY, -- a hash: what came as a name may be a password in the wrong field
    wrong    INTEGER NOT NULL,
    until_ms INTEGER NOT NULL -- from then on they do not count any more
) STRICT;
CREATE INDEX guesses_by_end ON guesses (until_ms);
