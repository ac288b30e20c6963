-- Statements of the response module. An area's response holds for all places below it: a path lies within another
-- when it begins with it.

-- name: response_at
-- args: $1 path of the place, $2 day
-- rows: id name code
-- scoped by: $1, the place that is asked for; a response is no secret
SELECT r.id, r.name, p.code
FROM response r JOIN place p ON p.lane = 0 AND p.id = r.place_id
WHERE substr($1, 1, length(p.path)) = p.path AND r.started_on <= $2 AND (r.ended_on IS NULL OR r.ended_on >= $2)
ORDER BY length(p.path) DESC, r.started_on DESC, r.id
LIMIT 1;

-- name: response_level_at
-- args: $1 path of the place, $2 day, $3 response
-- rows: level from_on
-- why: the nearest area that has a level of its own; of its levels the latest
-- scoped by: $1, the place that is asked for
SELECT l.level, l.from_on
FROM response_level l JOIN place p ON p.lane = 0 AND p.id = l.place_id
WHERE l.lane = 0 AND l.response_id = $3 AND substr($1, 1, length(p.path)) = p.path AND l.from_on <= $2
ORDER BY length(p.path) DESC, l.from_on DESC
LIMIT 1;

-- name: response_numbers_at
-- args: $1 response, $2 day
-- rows: name value source from_on
-- unscoped: a disease profile belongs to the installation
SELECT n.name, n.value, n.source, n.from_on
FROM profile_number n
WHERE n.lane = 0 AND n.response_id = $1 AND n.from_on <= $2
  AND NOT EXISTS (SELECT 1 FROM profile_number m
                  WHERE m.lane = 0 AND m.response_id = n.response_id AND m.name = n.name AND m.from_on <= $2 AND m.from_on > n.from_on)
ORDER BY n.name;

-- name: response_listed
-- args: $1 response, $2 day, $3 earliest day on which a listing still counts
-- rows: division name kind from_on to_on
-- unscoped: listed areas belong to the installation
SELECT a.division, a.name, a.kind, a.from_on, a.to_on
FROM listed_area a
WHERE a.lane = 0 AND a.response_id = $1 AND a.from_on <= $2 AND (a.to_on IS NULL OR a.to_on >= $3)
ORDER BY a.division, a.from_on;
