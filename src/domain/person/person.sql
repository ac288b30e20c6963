-- Statements of the person module.

-- name: person_by_document
-- args: $1 lane, $2 digest of the document number
-- rows: a person
-- scoped by: $1, the lane of a place that the actor may register in
SELECT {{columns p}} FROM person p WHERE p.lane = $1 AND p.doc_no_hash = $2 ORDER BY p.id LIMIT 1;
