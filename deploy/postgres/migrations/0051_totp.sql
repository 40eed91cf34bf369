-- The second factor of people: sealed secrets (TOTP_KEY opens them) and keyed hashes of recovery
-- codes. Written by api-gateway; wallet-manager checks codes for fresh proofs itself.

CREATE TABLE user_totp (
    user_id       UUID PRIMARY KEY REFERENCES users (id),
    -- nonce || AES-256-GCM ciphertext || tag, bound to the user.
    sealed        BYTEA NOT NULL CHECK (length(sealed) = 48),
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Empty until its owner has shown a code.
    confirmed_at  TIMESTAMPTZ,
    -- 30 s step of the last code that was taken: each serves once.
    last_step     BIGINT NOT NULL DEFAULT 0,
    failures      INTEGER NOT NULL DEFAULT 0,
    blocked_until TIMESTAMPTZ
);

CREATE TABLE totp_recovery_codes (
    user_id   UUID NOT NULL REFERENCES user_totp (user_id) ON DELETE CASCADE,
    code_hash BYTEA NOT NULL CHECK (length(code_hash) = 32),
    used_at   TIMESTAMPTZ,
    PRIMARY KEY (user_id, code_hash)
);

-- False where the step, or a later one, was taken before.
CREATE FUNCTION take_totp_step(whose UUID, step BIGINT) RETURNS BOOLEAN
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH taken AS (
        UPDATE user_totp SET last_step = step, failures = 0, blocked_until = NULL
        WHERE user_id = whose AND last_step < step RETURNING 1)
    SELECT EXISTS (SELECT 1 FROM taken)
$$;

-- The tenth wrong code in a row blocks codes for a quarter of an hour, and each further one again.
CREATE FUNCTION count_totp_failure(whose UUID) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE user_totp SET failures = failures + 1,
        blocked_until = CASE WHEN failures + 1 >= 10 THEN now() + INTERVAL '15 minutes' END
    WHERE user_id = whose
$$;

REVOKE EXECUTE ON FUNCTION take_totp_step, count_totp_failure FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_totp_step, count_totp_failure TO api_gateway, wallet_manager;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_totp, totp_recovery_codes TO api_gateway;
GRANT SELECT ON user_totp TO wallet_manager;
