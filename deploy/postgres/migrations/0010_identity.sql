-- Users, sign-ins, API keys, and what makes a repeated request one payment. Written by api-gateway;
-- wallet-manager reads what a fresh password proof needs. Rows that hold somebody's history are never
-- deleted: a user is deactivated, not dropped.

CREATE TABLE users (
    id            UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email         VARCHAR(255) UNIQUE NOT NULL CHECK (email = lower(email)),
    password_hash VARCHAR(255) NOT NULL,
    role          VARCHAR(50) NOT NULL DEFAULT 'user'
                  CHECK (role IN ('user', 'auditor', 'admin', 'service')),
    -- 'hmac:' + HMAC of the newest API key in hex, 'none:' + random while there is none. Never a
    -- usable key: a dump must not be a login.
    api_key       VARCHAR(255) UNIQUE NOT NULL CHECK (api_key ~ '^(none|hmac):'),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    is_active     BOOLEAN NOT NULL DEFAULT true,
    -- Raising it ends every access token of the user within 5 s.
    token_epoch   BIGINT NOT NULL DEFAULT 0,
    -- A one-time password: nothing works until it is changed.
    must_change_password BOOLEAN NOT NULL DEFAULT false,
    locked_at     TIMESTAMPTZ,
    locked_reason VARCHAR(200)
);

-- One sign-in of a program or person; its refresh tokens follow one another.
CREATE TABLE refresh_families (
    id             UUID PRIMARY KEY,
    user_id        UUID NOT NULL REFERENCES users (id),
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at     TIMESTAMPTZ NOT NULL,
    revoked_at     TIMESTAMPTZ,
    revoked_reason VARCHAR(63)
);
CREATE INDEX refresh_families_user ON refresh_families (user_id, revoked_at);
CREATE INDEX refresh_families_expiry ON refresh_families (expires_at);

CREATE TABLE refresh_tokens (
    token_hash BYTEA PRIMARY KEY CHECK (length(token_hash) = 32),
    family_id  UUID NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    used_at    TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);

-- A browser's cookie. Its CSRF token is derived from the cookie, not stored.
CREATE TABLE browser_sessions (
    token_hash   BYTEA PRIMARY KEY CHECK (length(token_hash) = 32),
    id           UUID UNIQUE NOT NULL,
    user_id      UUID NOT NULL REFERENCES users (id),
    token_epoch  BIGINT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ
);
CREATE INDEX browser_sessions_user ON browser_sessions (user_id);
CREATE INDEX browser_sessions_expiry ON browser_sessions (expires_at);

CREATE TABLE api_keys (
    id           UUID PRIMARY KEY,
    user_id      UUID NOT NULL REFERENCES users (id),
    name         VARCHAR(64) NOT NULL,
    prefix       VARCHAR(16) UNIQUE NOT NULL,
    key_hash     BYTEA NOT NULL CHECK (length(key_hash) = 32),
    scopes       TEXT[] NOT NULL
                 CHECK (cardinality(scopes) > 0
                        AND scopes <@ ARRAY['read', 'send', 'sign', 'swap', 'agent', 'tools', 'admin']),
    -- Empty = from anywhere.
    ip_allow     CIDR[] NOT NULL DEFAULT '{}',
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_used_at TIMESTAMPTZ,
    expires_at   TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ
);
CREATE INDEX api_keys_user ON api_keys (user_id, created_at DESC, id DESC);

CREATE TABLE invites (
    code_hash  BYTEA PRIMARY KEY CHECK (length(code_hash) = 32),
    -- Empty = for anybody who has the code.
    email      VARCHAR(255),
    created_by UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    used_by    UUID REFERENCES users (id),
    used_at    TIMESTAMPTZ
);

-- One key, one intent. The intent id is committed before anything is asked of a chain daemon, so that
-- a repeat asks for the same one.
CREATE TABLE idempotency_keys (
    user_id      UUID NOT NULL REFERENCES users (id),
    key          VARCHAR(255) NOT NULL,
    -- SHA-256 over method, route and parsed body.
    request_hash BYTEA NOT NULL CHECK (length(request_hash) = 32),
    chain        VARCHAR(50) NOT NULL,
    -- A payment's own intent, or the one that a speed-up or cancel is about.
    intent_id    UUID NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- When a caller last began to work on it; after 10 s without an answer another may.
    claimed_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- When the chain daemon was known to have taken the request.
    taken_at     TIMESTAMPTZ,
    -- When the intent was first seen terminal; kept for 30 days from then.
    ended_at     TIMESTAMPTZ,
    checked_at   TIMESTAMPTZ,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_open ON idempotency_keys (checked_at NULLS FIRST)
    WHERE ended_at IS NULL;
CREATE INDEX idempotency_keys_ended ON idempotency_keys (ended_at) WHERE ended_at IS NOT NULL;

-- A payment without a key: an identical one is refused until its user has seen how the first ended.
CREATE TABLE duplicate_guards (
    user_id      UUID NOT NULL REFERENCES users (id),
    request_hash BYTEA NOT NULL CHECK (length(request_hash) = 32),
    chain        VARCHAR(50) NOT NULL,
    intent_id    UUID NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    claimed_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- When an answer after the first one showed the user an outcome.
    shown_at     TIMESTAMPTZ,
    PRIMARY KEY (user_id, request_hash)
);
CREATE INDEX duplicate_guards_intent ON duplicate_guards (user_id, intent_id);
CREATE INDEX duplicate_guards_age ON duplicate_guards (created_at);

-- Requests a window of the class (a minute; an hour for secret) instead of the configured number.
CREATE TABLE rate_limit_overrides (
    user_id    UUID NOT NULL REFERENCES users (id),
    class      VARCHAR(16) NOT NULL
               CHECK (class IN ('read', 'write', 'send', 'secret', 'ai', 'admin')),
    permits    INTEGER NOT NULL CHECK (permits BETWEEN 1 AND 1000000),
    set_by     UUID NOT NULL REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, class)
);

-- What happened to a user's identity: append-only, one hash chain a user.
CREATE TABLE identity_events (
    user_id   UUID NOT NULL REFERENCES users (id),
    seq       BIGINT NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    kind      VARCHAR(63) NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    -- 'user', 'operator', 'user:<id>' of an admin, or a service's name.
    actor     VARCHAR(63) NOT NULL,
    detail    JSONB NOT NULL DEFAULT '{}',
    prev_hash BYTEA NOT NULL,
    hash      BYTEA NOT NULL,
    PRIMARY KEY (user_id, seq)
);

CREATE FUNCTION identity_event_hash(event identity_events) RETURNS BYTEA
LANGUAGE sql STABLE AS $$
    SELECT sha256(event.prev_hash || convert_to(
        concat_ws(chr(31), event.user_id, event.seq, extract(epoch FROM event.at), event.kind,
                  event.actor, event.detail), 'UTF8'))
$$;

-- Links a new event to the last one. The user's row is the lock of the chain.
CREATE FUNCTION chain_identity_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last identity_events;
BEGIN
    PERFORM 1 FROM users WHERE id = NEW.user_id FOR NO KEY UPDATE;
    SELECT * INTO last FROM identity_events
        WHERE user_id = NEW.user_id ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.prev_hash := coalesce(last.hash, '\x'::bytea);
    NEW.at := clock_timestamp();
    NEW.hash := identity_event_hash(NEW);
    RETURN NEW;
END
$$;
CREATE TRIGGER identity_events_chain BEFORE INSERT ON identity_events
    FOR EACH ROW EXECUTE FUNCTION chain_identity_event();

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$;
CREATE TRIGGER identity_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The first event of a user's chain that does not fit; NULL = the chain is whole.
CREATE FUNCTION identity_chain_fault(whose UUID) RETURNS BIGINT
LANGUAGE sql STABLE AS $$
    SELECT min(fault.seq) FROM (
        SELECT event.seq,
               event.hash = identity_event_hash(event) AS own,
               event.prev_hash = coalesce(lag(event.hash) OVER chain, '\x'::bytea) AS linked,
               event.seq = coalesce(lag(event.seq) OVER chain, 0) + 1 AS next
        FROM identity_events event WHERE event.user_id = whose
        WINDOW chain AS (ORDER BY event.seq)) fault
    WHERE NOT (fault.own AND fault.linked AND fault.next)
$$;

CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
CREATE TRIGGER users_updated_at BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Removes what no rule needs any longer, a bounded number of rows a table and call; answers how many.
CREATE FUNCTION purge_identity(batch INTEGER) RETURNS BIGINT
LANGUAGE plpgsql AS $$
DECLARE
    removed BIGINT;
    total   BIGINT := 0;
BEGIN
    DELETE FROM refresh_families WHERE id IN (
        SELECT id FROM refresh_families WHERE expires_at < now() - INTERVAL '30 days' LIMIT batch);
    GET DIAGNOSTICS removed = ROW_COUNT;
    total := total + removed;
    DELETE FROM browser_sessions WHERE token_hash IN (
        SELECT token_hash FROM browser_sessions
        WHERE expires_at < now() - INTERVAL '30 days' LIMIT batch);
    GET DIAGNOSTICS removed = ROW_COUNT;
    total := total + removed;
    DELETE FROM idempotency_keys WHERE (user_id, key) IN (
        SELECT user_id, key FROM idempotency_keys
        WHERE ended_at < now() - INTERVAL '30 days' LIMIT batch);
    GET DIAGNOSTICS removed = ROW_COUNT;
    total := total + removed;
    DELETE FROM duplicate_guards WHERE (user_id, request_hash) IN (
        SELECT user_id, request_hash FROM duplicate_guards
        WHERE created_at < now() - INTERVAL '2 days' LIMIT batch);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN total + removed;
END
$$;

GRANT SELECT, INSERT, UPDATE ON users, api_keys, invites TO api_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON refresh_families, refresh_tokens, browser_sessions, idempotency_keys, duplicate_guards,
       rate_limit_overrides
    TO api_gateway;
GRANT SELECT, INSERT (user_id, kind, actor, detail) ON identity_events TO api_gateway, wallet_manager;
GRANT EXECUTE ON FUNCTION purge_identity, identity_chain_fault, identity_event_hash TO api_gateway;

-- What a fresh password proof needs.
GRANT SELECT (id, email, password_hash, role, is_active, locked_at, must_change_password)
    ON users TO wallet_manager;
