-- The store's own tables. Entities follow in 0002.
CREATE TABLE migration (
    number INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;
CREATE TABLE journal (
    lane INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    command_id BLOB NOT NULL,
    command TEXT NOT NULL,
    actor_id BLOB,
    place_id BLOB,
    device TEXT,
    reason TEXT,
    at_device INTEGER,
    received INTEGER NOT NULL,
    payload BLOB NOT NULL,
    status INTEGER NOT NULL,
    answer_private INTEGER NOT NULL,
    hash BLOB NOT NULL,
    changes TEXT NOT NULL,
    personal TEXT,
    answer BLOB,
    target_id BLOB,
    PRIMARY KEY (lane, seq)
) STRICT;
CREATE UNIQUE INDEX journal_command ON journal (lane, command_id);
CREATE TABLE tally (
    lane INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    place_id BLOB NOT NULL,
    subject BLOB NOT NULL,
    measure TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (lane, hour, place_id, subject, measure)
) STRICT, WITHOUT ROWID;
