-- Wallets with their sealed keys, spending policies, approvals, and the gate that every signature
-- passes. wallet_manager alone reads and writes these tables: no other role has any grant here.

-- Key-encryption keys that have ever sealed something. The check value refuses a wrong key at start.
CREATE TABLE key_versions (
    kek_id INTEGER PRIMARY KEY CHECK (kek_id > 0),
    check_value BYTEA NOT NULL CHECK (length(check_value) = 32),
    is_primary BOOLEAN NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX key_versions_one_primary ON key_versions (is_primary) WHERE is_primary;

-- Which replica holds which key: the primary moves only when every live replica reports it.
CREATE TABLE replica_keys (
    replica TEXT NOT NULL,
    kek_id INTEGER NOT NULL REFERENCES key_versions (kek_id),
    seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (replica, kek_id)
);

-- One mnemonic a user (BIP-39), sealed.
CREATE TABLE wallet_seeds (
    user_id UUID PRIMARY KEY REFERENCES users (id) ON DELETE RESTRICT,
    sealed_mnemonic TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    exported_at TIMESTAMPTZ
);

CREATE TABLE wallets (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    chain VARCHAR(50) NOT NULL,
    network TEXT NOT NULL,
    address VARCHAR(255) NOT NULL,
    encrypted_private_key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('hd', 'imported')),
    path TEXT NOT NULL DEFAULT '',
    label TEXT NOT NULL DEFAULT '' CHECK (length(label) <= 64),
    is_default BOOLEAN NOT NULL,
    address_epoch BIGINT NOT NULL,
    -- Every nonce below is signed; NULL = not known (the key may have been used elsewhere).
    nonce_floor BIGINT,
    -- Devnet gift: NULL wanted_at = none is due.
    funding_wanted_at TIMESTAMPTZ,
    funding_claimed_at TIMESTAMPTZ,
    funded_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    removed_at TIMESTAMPTZ,
    UNIQUE (network, address_epoch)
);
CREATE UNIQUE INDEX wallets_one_default ON wallets (user_id, network, chain)
    WHERE is_default AND removed_at IS NULL;
CREATE UNIQUE INDEX wallets_live_address ON wallets (network, address) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX wallets_hd_path ON wallets (user_id, network, path) WHERE kind = 'hd';
CREATE INDEX wallets_of_user ON wallets (user_id, created_at);
-- Which key-encryption key wraps a row: what is left to re-wrap is found without a scan.
CREATE INDEX wallets_kek ON wallets (split_part(encrypted_private_key, '.', 2));
CREATE INDEX wallet_seeds_kek ON wallet_seeds (split_part(sealed_mnemonic, '.', 2));

-- Given under its row lock, so that readers never see a higher epoch commit before a lower one.
CREATE TABLE address_epochs (
    network TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL
);

-- Append-only, one hash chain a wallet.
CREATE TABLE wallet_events (
    wallet_id UUID NOT NULL REFERENCES wallets (id) ON DELETE RESTRICT,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (wallet_id, seq)
);
CREATE TABLE wallet_event_heads (
    wallet_id UUID PRIMARY KEY REFERENCES wallets (id) ON DELETE RESTRICT,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

CREATE FUNCTION wallet_event_hash(e wallet_events) RETURNS BYTEA LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(e.previous || convert_to(
        concat_ws('|', e.wallet_id, e.seq, e.kind,
                  (extract(epoch FROM e.at) * 1000000)::BIGINT, e.detail), 'UTF8'))
$$;

-- The first event of a wallet's chain that does not fit; NULL = the chain is whole.
CREATE FUNCTION wallet_chain_fault(of_wallet UUID) RETURNS BIGINT LANGUAGE sql STABLE AS $$
    SELECT min(fault.seq) FROM (
        SELECT e.seq,
               e.hash = wallet_event_hash(e) AS own,
               e.previous = coalesce(lag(e.hash) OVER chain, '\x'::BYTEA) AS linked,
               e.seq = coalesce(lag(e.seq) OVER chain, 0) + 1 AS next
        FROM wallet_events e WHERE e.wallet_id = of_wallet
        WINDOW chain AS (ORDER BY e.seq)) fault
    WHERE NOT (fault.own AND fault.linked AND fault.next)
$$;

CREATE FUNCTION append_wallet_event(of_wallet UUID, of_kind TEXT, of_detail TEXT)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    head wallet_event_heads;
    event wallet_events;
BEGIN
    INSERT INTO wallet_event_heads VALUES (of_wallet, 0, '\x') ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM wallet_event_heads WHERE wallet_id = of_wallet FOR UPDATE;
    event := ROW (of_wallet, head.seq + 1, of_kind, of_detail, clock_timestamp(), head.hash, '\x');
    event.hash := wallet_event_hash(event);
    INSERT INTO wallet_events SELECT event.*;
    UPDATE wallet_event_heads SET seq = event.seq, hash = event.hash WHERE wallet_id = of_wallet;
END
$$;

CREATE TRIGGER wallet_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- No sends while a row applies: scope global (subject ''), network, user or wallet.
CREATE TABLE pauses (
    scope TEXT NOT NULL CHECK (scope IN ('global', 'network', 'user', 'wallet')),
    subject TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) <= 200),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, subject)
);

CREATE TABLE policies (
    user_id UUID PRIMARY KEY REFERENCES users (id) ON DELETE RESTRICT,
    policy JSONB NOT NULL DEFAULT '{}',
    pending JSONB,
    pending_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK ((pending IS NULL) = (pending_at IS NULL))
);

-- Fresh password proofs and what they opened, for the rate limit.
CREATE TABLE proof_attempts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    purpose TEXT NOT NULL,
    succeeded BOOLEAN NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX proof_attempts_of_user ON proof_attempts (user_id, at);

-- Everything the gate knows of an intent. Void and the storing of bytes exclude each other here; a
-- row without wallet is the tombstone of an intent that was voided before it was ever seen.
CREATE TABLE gate_intents (
    intent_id UUID PRIMARY KEY,
    network TEXT NOT NULL,
    wallet_id UUID REFERENCES wallets (id) ON DELETE RESTRICT,
    user_id UUID REFERENCES users (id) ON DELETE RESTRICT,
    -- The one payment order that was allowed.
    order_digest BYTEA,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    signed_at TIMESTAMPTZ,
    voided_at TIMESTAMPTZ,
    void_reason TEXT,
    outcome TEXT CHECK (outcome IN
        ('FINAL', 'REVERTED', 'CANCELLED', 'CONFLICTED', 'EXPIRED', 'REJECTED')),
    outcome_at TIMESTAMPTZ,
    CONSTRAINT gate_intents_voided_or_signed CHECK (voided_at IS NULL OR signed_at IS NULL)
);

-- Verdicts on exact order bytes.
CREATE TABLE gate_authorisations (
    intent_id UUID NOT NULL REFERENCES gate_intents (intent_id),
    order_digest BYTEA NOT NULL CHECK (length(order_digest) = 32),
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'speed_up', 'cancel')),
    allowed BOOLEAN NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    amount NUMERIC(78, 0) NOT NULL CHECK (amount >= 0),
    decided_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (intent_id, order_digest)
);

-- What an allowed intent takes from its user's 24 h window. `counts` turns false when nothing left
-- the wallet.
CREATE TABLE spend_reservations (
    intent_id UUID PRIMARY KEY REFERENCES gate_intents (intent_id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    network TEXT NOT NULL,
    contract TEXT NOT NULL,
    amount NUMERIC(78, 0) NOT NULL CHECK (amount >= 0),
    reserved_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    settled_at TIMESTAMPTZ,
    counts BOOLEAN NOT NULL DEFAULT true
);
CREATE INDEX spend_reservations_window
    ON spend_reservations (user_id, network, contract, reserved_at) WHERE counts;

CREATE TABLE approvals (
    id UUID PRIMARY KEY,
    intent_id UUID NOT NULL UNIQUE REFERENCES gate_intents (intent_id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'denied')),
    digest BYTEA NOT NULL CHECK (length(digest) = 32),
    order_bytes BYTEA NOT NULL,
    rule TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    CHECK ((state = 'pending') = (decided_at IS NULL))
);
CREATE INDEX approvals_of_user ON approvals (user_id, created_at, id);

-- One nonce, one intent or one fill. A Void gives the nonce of its intent back.
CREATE TABLE gate_slots (
    network TEXT NOT NULL,
    from_address TEXT NOT NULL,
    nonce BIGINT NOT NULL CHECK (nonce >= 0),
    intent_id UUID UNIQUE REFERENCES gate_intents (intent_id),
    signed BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (network, from_address, nonce)
);

CREATE TABLE gate_attempts (
    intent_id UUID NOT NULL REFERENCES gate_intents (intent_id),
    attempt INTEGER NOT NULL CHECK (attempt BETWEEN 1 AND 64),
    network TEXT NOT NULL,
    order_digest BYTEA NOT NULL,
    unsigned_tx BYTEA NOT NULL,
    signed_tx BYTEA,
    tx_hash TEXT,
    requested_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    signed_at TIMESTAMPTZ,
    PRIMARY KEY (intent_id, attempt),
    UNIQUE (network, tx_hash),
    CHECK ((signed_tx IS NULL) = (tx_hash IS NULL)),
    CHECK ((signed_tx IS NULL) = (signed_at IS NULL))
);

-- 0 to self at a gap below a signed nonce.
CREATE TABLE gate_fills (
    network TEXT NOT NULL,
    from_address TEXT NOT NULL,
    nonce BIGINT NOT NULL CHECK (nonce >= 0),
    wallet_id UUID NOT NULL REFERENCES wallets (id) ON DELETE RESTRICT,
    unsigned_tx BYTEA NOT NULL,
    signed_tx BYTEA,
    tx_hash TEXT,
    requested_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (network, from_address, nonce, unsigned_tx)
);
CREATE INDEX gate_fills_of_wallet ON gate_fills (wallet_id, requested_at);

CREATE FUNCTION refuse_other_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_tx IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'signed bytes never change'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_signed_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER gate_attempts_signed_once BEFORE UPDATE ON gate_attempts
    FOR EACH ROW EXECUTE FUNCTION refuse_other_signature();
CREATE TRIGGER gate_fills_signed_once BEFORE UPDATE ON gate_fills
    FOR EACH ROW EXECUTE FUNCTION refuse_other_signature();

-- The database's copy of each replica's counter file: which of the two is behind tells a restored
-- database from a living one.
CREATE TABLE incarnations (
    replica TEXT PRIMARY KEY,
    counter BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- When an operator last accepted a restored database; orders issued before are void.
    accepted_at TIMESTAMPTZ
);

GRANT SELECT, INSERT, UPDATE ON
    key_versions, replica_keys, wallet_seeds, wallets, address_epochs, wallet_event_heads, pauses,
    policies, gate_intents, gate_authorisations, spend_reservations, approvals, gate_slots,
    gate_attempts, gate_fills, incarnations TO wallet_manager;
GRANT SELECT, INSERT ON wallet_events TO wallet_manager;
GRANT SELECT, INSERT, UPDATE (succeeded), DELETE ON proof_attempts TO wallet_manager;
GRANT DELETE ON pauses, gate_slots TO wallet_manager;
GRANT EXECUTE ON FUNCTION append_wallet_event(UUID, TEXT, TEXT), wallet_event_hash(wallet_events),
    wallet_chain_fault(UUID) TO wallet_manager;
