-- Statements of the place module.

-- name: place_boundaries
-- args: $1 path from, $2 path before
-- rows: id code name kind lng lat geometry
-- scoped by: $1 and $2, a part of the tree that the actor may read (place_bounds)
SELECT p.id, p.code, p.name, p.kind, p.lng, p.lat, b.geometry
FROM place p JOIN boundary b ON b.lane = 0 AND b.place_id = p.id
WHERE p.path >= $1 AND p.path < $2
ORDER BY p.path;
