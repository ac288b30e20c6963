-- The end of each lane's journal: where the next entry goes on, what a writer locks, and how a last entry that was
-- taken away is noticed.
CREATE TABLE lane_head (
    lane INTEGER NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO lane_head (lane, seq, hash)
SELECT j.lane, j.seq, j.hash
FROM journal j JOIN (SELECT lane, max(seq) AS seq FROM journal GROUP BY lane) l ON l.lane = j.lane AND l.seq = j.seq;
-- What holds for the whole installation: "key_check" tells whether a key file is the one of this store.
CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
