-- Statements of the person module.

-- name: person_by_document
-- args: $1 lane, $2 digest of the document number
-- rows: a person
-- why: without ORDER BY: to save the sorting a planner would walk the whole lane by its primary key
-- scoped by: $1, the lane of a place that the actor may register in
SELECT {{columns p}} FROM person p WHERE p.lane = $1 AND p.doc_no_hash = $2 LIMIT 1;
