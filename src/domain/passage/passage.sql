-- Statements of the passage module.

-- name: passage_turned_doc
-- args: $1 digest of the document, $2 since, $3 until, $4 post
-- rows: post_id passed_at
-- across lanes: the checkpoint that turned the person back may lie in any; an index probe on each shard, few rows in it
-- unscoped: being turned back is shown to the next checkpoint wherever that was, and nothing else of the history
SELECT x.post_id, x.passed_at
FROM passage x
WHERE x.decision = 'turn_back' AND x.doc_hash = $1 AND x.passed_at >= $2 AND x.passed_at <= $3 AND x.post_id <> $4
ORDER BY x.passed_at DESC
LIMIT 1;

-- name: passage_turned_plate
-- args: $1 plate, $2 since, $3 until, $4 post
-- rows: post_id passed_at
-- across lanes: as passage_turned_doc
-- unscoped: as passage_turned_doc
SELECT x.post_id, x.passed_at
FROM passage x
WHERE x.decision = 'turn_back' AND x.plate = $1 AND x.passed_at >= $2 AND x.passed_at <= $3 AND x.post_id <> $4
ORDER BY x.passed_at DESC
LIMIT 1;

-- name: passage_foldable
-- args: $1 lane, $2 before, $3 at most
-- rows: id version seq place_id
-- scoped by: $1, a lane whose root lies where the actor holds the right
SELECT x.id, x.version, x.seq, x.place_id
FROM passage x
WHERE x.lane = $1 AND x.passed_at < $2 AND x.decision = 'pass'
ORDER BY x.passed_at, x.id
LIMIT $3;

-- name: passage_foldable_persons
-- args: $1 lane, $2 day before which nobody may have passed, $3 its first instant, $4 at most
-- rows: id version seq place_id
-- why: a person whose older passages were not "pass" stays with them
-- scoped by: $1, as passage_foldable
-- walks: retention, once a day; travellers who went through since are passed over one by one
SELECT p.id, p.version, p.seq, p.place_id
FROM person p
WHERE p.lane = $1 AND p.seen_on < $2
  AND p.id NOT IN (SELECT x.person_id FROM passage x
                   WHERE x.lane = $1 AND x.passed_at < $3 AND x.decision <> 'pass' AND x.person_id IS NOT NULL)
ORDER BY p.id
LIMIT $4;

-- name: passage_lanes
-- args: $1 path from, $2 path before
-- rows: lane
-- scoped by: $1 and $2, a part of the tree in which the actor holds the right
SELECT l.lane_no FROM place l WHERE l.lane = 0 AND l.lane_no IS NOT NULL AND l.path >= $1 AND l.path < $2 ORDER BY l.lane_no;

-- name: declaration_live
-- args: $1 lane, $2 post, $3 digest of the code, $4 now
-- rows: a declaration
-- scoped by: $2, a post that the actor registers at
SELECT {{columns d}}
FROM declaration d
WHERE d.lane = $1 AND d.post_id = $2 AND d.code_hash = $3 AND d.expires_at > $4 AND (d.used IS NULL OR d.used = 0)
LIMIT 1;

-- name: declaration_expired
-- args: $1 lane, $2 now, $3 at most
-- rows: id version seq place_id
-- scoped by: $1, as passage_foldable
SELECT d.id, d.version, d.seq, d.place_id FROM declaration d WHERE d.lane = $1 AND d.expires_at < $2 ORDER BY d.expires_at LIMIT $3;

-- name: live_tally
-- args: $1 path from, $2 path before, $3 first hour, $4 hour after the last
-- rows: hour place_id subject measure n
-- across lanes: the lanes of the part of the tree, by the beginning of the key; each shard sums its own
-- why: by lane and hour, the beginning of the counters' key; a lane counts when its place lies in the part or above it.
--   Whether a counter's place lies in the part is looked up in the tree in memory (add_row), not once a row in the table
-- scoped by: $1 and $2, a part of the tree that the actor may read, with add_row
SELECT t.hour, t.place_id, t.subject, t.measure, t.n
FROM place l
JOIN tally t ON t.lane = l.lane_no AND t.hour >= $3 AND t.hour < $4
WHERE l.lane = 0 AND l.lane_no IS NOT NULL AND ((l.path >= $1 AND l.path < $2) OR substr($1, 1, length(l.path)) = l.path);

-- name: live_handovers
-- args: $1 path from, $2 path before, $3 now
-- rows: waiting overdue
-- across lanes: as live_tally
-- why: what waits is a standing counter (hour 0); how much of it is overdue is counted, to 1,000 at most
-- scoped by: $1 and $2, as live_tally
SELECT
  (SELECT coalesce(sum(t.n), 0)
   FROM place l
   JOIN tally t ON t.lane = l.lane_no AND t.hour = 0 AND t.measure = 'handover.waiting'
   JOIN place p ON p.lane = 0 AND p.id = t.place_id
   WHERE l.lane = 0 AND l.lane_no IS NOT NULL AND ((l.path >= $1 AND l.path < $2) OR substr($1, 1, length(l.path)) = l.path)
     AND p.path >= $1 AND p.path < $2),
  (SELECT count(*)
   FROM (SELECT 1
         FROM place l
         JOIN handover h ON h.lane = l.lane_no AND h.state = 'waiting' AND h.due_at < $3
         JOIN place p ON p.lane = 0 AND p.id = h.place_id
         WHERE l.lane = 0 AND l.lane_no IS NOT NULL AND ((l.path >= $1 AND l.path < $2) OR substr($1, 1, length(l.path)) = l.path)
           AND p.path >= $1 AND p.path < $2
         LIMIT 1000) o);

-- name: live_inbox
-- args: $1 path from, $2 path before
-- rows: n
-- across lanes: as live_tally
-- scoped by: $1 and $2, as live_tally
-- walks: what is open, by an index of that alone, to 1,000
SELECT count(*)
FROM (SELECT 1
      FROM place l
      JOIN inbox i ON i.lane = l.lane_no AND i.state IN ('needs_correction', 'conflict')
      JOIN place p ON p.lane = 0 AND p.id = i.place_id
      WHERE l.lane = 0 AND l.lane_no IS NOT NULL AND ((l.path >= $1 AND l.path < $2) OR substr($1, 1, length(l.path)) = l.path)
        AND p.path >= $1 AND p.path < $2
      LIMIT 1000) o;
