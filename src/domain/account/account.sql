-- Statements of the account module. All are small reference tables.

-- name: account_by_login
-- args: $1 login
-- rows: an account
-- unscoped: signing in comes before any scope, and a login is unique in the installation
SELECT {{columns a}} FROM account a WHERE a.lane = 0 AND a.login = $1;

-- name: account_by_token
-- args: $1 digest of the token
-- rows: session_id account_id expires_at revoked_at login card_no place_id active must_change
-- unscoped: finds out who is asking
SELECT s.id, s.account_id, s.expires_at, s.revoked_at, a.login, a.card_no, a.place_id, a.active, a.must_change
FROM session s JOIN account a ON a.lane = 0 AND a.id = s.account_id
WHERE s.token_hash = $1;

-- name: account_grants
-- args: $1 account, $2 day
-- rows: role place_id
-- unscoped: the rights of the account itself
SELECT g.role, g.place_id
FROM "grant" g
WHERE g.lane = 0 AND g.account_id = $1 AND (g.from_on IS NULL OR g.from_on <= $2) AND (g.to_on IS NULL OR g.to_on >= $2)
ORDER BY g.role, g.place_id;

-- name: account_grant_same
-- args: $1 account, $2 role, $3 place
-- rows: 1
-- scoped by: $3, in which the actor holds the right
SELECT 1 FROM "grant" g WHERE g.lane = 0 AND g.account_id = $1 AND g.role = $2 AND g.place_id = $3;

-- name: account_open_sessions
-- args: $1 account, $2 now
-- rows: id
-- unscoped: the sessions of one account, ended when its password changes
SELECT s.id FROM session s WHERE s.account_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2;
