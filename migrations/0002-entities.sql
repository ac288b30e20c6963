-- The entities as they were at the start.
CREATE TABLE "place" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "parent_id" BLOB,
    "code" TEXT NOT NULL,
    "code_kind" TEXT,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "path" TEXT,
    "valid_from" INTEGER,
    "valid_to" INTEGER,
    "head" TEXT,
    "head_phone" TEXT,
    "deputy" TEXT,
    "deputy_phone" TEXT,
    "population" INTEGER,
    "households" INTEGER,
    "lng" INTEGER,
    "lat" INTEGER,
    "lane_no" INTEGER,
    "source" TEXT,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX place_key ON "place" (lane, code);
CREATE INDEX place_path ON "place" (path);
CREATE TABLE "boundary" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "geometry" TEXT NOT NULL,
    "source" TEXT,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX boundary_key ON "boundary" (lane, place_id);
CREATE TABLE "response" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "name" TEXT NOT NULL,
    "pathogen" TEXT NOT NULL,
    "started_on" INTEGER NOT NULL,
    "ended_on" INTEGER,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX response_key ON "response" (lane, place_id, name);
CREATE TABLE "response_level" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "response_id" BLOB NOT NULL,
    "level" TEXT NOT NULL,
    "from_on" INTEGER NOT NULL,
    "legal_basis" TEXT NOT NULL,
    "order_no" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX response_level_key ON "response_level" (lane, response_id, place_id, from_on);
CREATE TABLE "profile_number" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "response_id" BLOB NOT NULL,
    "name" TEXT NOT NULL,
    "value" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "from_on" INTEGER NOT NULL,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX profile_number_key ON "profile_number" (lane, response_id, name, from_on);
CREATE TABLE "listed_area" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "response_id" BLOB NOT NULL,
    "division" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "from_on" INTEGER NOT NULL,
    "to_on" INTEGER,
    "source" TEXT NOT NULL,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX listed_area_key ON "listed_area" (lane, response_id, division, from_on);
CREATE TABLE "account" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "login" TEXT NOT NULL,
    "name" TEXT,
    "phone" TEXT,
    "card_no" TEXT,
    "active" INTEGER,
    "must_change" INTEGER,
    "password_hash" TEXT,
    "failures" INTEGER,
    "locked_until" INTEGER,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX account_key ON "account" (lane, login);
CREATE TABLE "grant" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "account_id" BLOB NOT NULL,
    "role" TEXT NOT NULL,
    "from_on" INTEGER,
    "to_on" INTEGER,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX grant_key ON "grant" (lane, account_id, role, place_id);
CREATE TABLE "session" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "account_id" BLOB,
    "token_hash" BLOB,
    "kind" TEXT,
    "device" TEXT,
    "started_at" INTEGER,
    "expires_at" INTEGER,
    "revoked_at" INTEGER,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX session_token ON "session" (token_hash);
CREATE INDEX session_account ON "session" (account_id);
CREATE TABLE "post" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "site" TEXT,
    "road" TEXT,
    "direction" TEXT,
    "neighbour_division" TEXT,
    "lng" INTEGER,
    "lat" INTEGER,
    "all_day" INTEGER,
    "owner" TEXT,
    "owner_phone" TEXT,
    "deputy" TEXT,
    "deputy_phone" TEXT,
    "opened_at" INTEGER,
    "closed_at" INTEGER,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE UNIQUE INDEX post_key ON "post" (lane, code);
CREATE TABLE "post_period" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "post_id" BLOB,
    "opened_at" INTEGER,
    "closed_at" INTEGER,
    "reason" TEXT,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE INDEX post_period_post ON "post_period" (post_id);
CREATE TABLE "person" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "name" TEXT,
    "doc_type" TEXT NOT NULL,
    "doc_no" BLOB,
    "doc_no_hash" BLOB,
    "no_doc_reason" TEXT,
    "sex" TEXT,
    "born_on" INTEGER,
    "phone" BLOB,
    "phone_hash" BLOB,
    "home_division" TEXT,
    "seen_on" INTEGER,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE INDEX person_doc_no ON "person" (lane, doc_no_hash, id) WHERE doc_no_hash IS NOT NULL;
CREATE TABLE "passage" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "post_id" BLOB,
    "flow_id" BLOB,
    "person_id" BLOB,
    "direction" TEXT,
    "passed_at" INTEGER,
    "doc_hash" BLOB,
    "plate" TEXT,
    "plate_kind" TEXT,
    "transport" TEXT,
    "occupants" INTEGER,
    "seat" TEXT,
    "from_division" TEXT,
    "left_at" INTEGER,
    "via" TEXT,
    "to_division" TEXT,
    "to_address" TEXT,
    "local_contact" TEXT,
    "local_contact_phone" BLOB,
    "purpose" TEXT,
    "temp1" INTEGER,
    "device1" TEXT,
    "ambient" INTEGER,
    "temp2" INTEGER,
    "device2" TEXT,
    "symptoms" TEXT,
    "history" TEXT,
    "proposal" TEXT,
    "why" TEXT,
    "decision" TEXT,
    "reason" TEXT,
    "handed_to" TEXT,
    "handover_id" BLOB,
    "fever" INTEGER,
    "officer_id" BLOB,
    "officer_card" TEXT,
    "proxy" INTEGER,
    "declaration_id" BLOB,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE INDEX passage_time ON "passage" (lane, passed_at, id);
CREATE INDEX passage_post ON "passage" (lane, post_id, passed_at, id);
CREATE INDEX passage_turned_doc ON "passage" (doc_hash, passed_at) WHERE decision = 'turn_back' AND doc_hash IS NOT NULL;
CREATE INDEX passage_turned_plate ON "passage" (plate, passed_at) WHERE decision = 'turn_back' AND plate IS NOT NULL;
CREATE TABLE "handover" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "passage_id" BLOB,
    "from_post_id" BLOB,
    "kind" TEXT,
    "to_name" TEXT,
    "name" TEXT,
    "phone" BLOB,
    "to_address" TEXT,
    "temp" INTEGER,
    "sent_at" INTEGER,
    "due_at" INTEGER,
    "acknowledged_at" INTEGER,
    "state" TEXT,
    "acknowledged_by" BLOB,
    "note" TEXT,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE INDEX handover_waiting ON "handover" (lane, due_at, id) WHERE state = 'waiting';
CREATE TABLE "declaration" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "post_id" BLOB,
    "code_hash" BLOB,
    "content" BLOB,
    "expires_at" INTEGER,
    "used" INTEGER,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE INDEX declaration_code ON "declaration" (lane, post_id, code_hash, expires_at);
CREATE INDEX declaration_expires ON "declaration" (lane, expires_at);
CREATE TABLE "inbox" (
    "lane" INTEGER NOT NULL,
    "id" BLOB NOT NULL,
    "version" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "place_id" BLOB,
    "command" TEXT,
    "command_id" BLOB,
    "target_id" BLOB,
    "source" TEXT,
    "line" INTEGER,
    "state" TEXT,
    "problems" TEXT,
    "content" BLOB,
    "at_device" INTEGER,
    "actor_id" BLOB,
    "note" TEXT,
    PRIMARY KEY (lane, id)
) STRICT;
CREATE INDEX inbox_open ON "inbox" (lane, id) WHERE state IN ('needs_correction', 'conflict');
