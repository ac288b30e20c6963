-- Statements of the post module.

-- name: post_by_code
-- args: $1 code
-- rows: a post
-- unscoped: a code is unique in the installation and stands on a poster
SELECT {{columns p}} FROM post p WHERE p.lane = 0 AND p.code = $1;

-- name: post_period_last
-- args: $1 post
-- rows: a post_period
-- scoped by: $1, a post that the actor may change
SELECT {{columns t}} FROM post_period t WHERE t.lane = 0 AND t.post_id = $1 ORDER BY t.opened_at DESC, t.id DESC LIMIT 1;

-- name: post_period_before
-- args: $1 post, $2 instant
-- rows: closed_at of the last period that was opened before it
-- scoped by: $1, a post that the actor may change
SELECT max(t.closed_at) FROM post_period t WHERE t.lane = 0 AND t.post_id = $1 AND t.opened_at < $2;

-- name: post_period_at
-- args: $1 post, $2 instant
-- rows: 1
-- scoped by: $1, a post that the actor has at hand
SELECT 1 FROM post_period t
WHERE t.lane = 0 AND t.post_id = $1 AND t.opened_at <= $2 AND (t.closed_at IS NULL OR t.closed_at > $2) LIMIT 1;
