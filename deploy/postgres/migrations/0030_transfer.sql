-- The money engine's tables (libs/transfer, libs/follower): what every chain daemon remembers so
-- that one intent pays at most once, whatever dies in between. The rules that matter are written
-- here as keys and triggers, not only in the daemons.

CREATE TABLE networks (
    network  text PRIMARY KEY,  -- CAIP-2
    chain    text NOT NULL,
    symbol   text NOT NULL,
    decimals smallint NOT NULL
);

INSERT INTO networks (network, chain, symbol, decimals) VALUES
    ('eip155:1', 'ethereum', 'ETH', 18),
    ('eip155:11155111', 'ethereum', 'ETH', 18),
    ('eip155:31337', 'ethereum', 'ETH', 18),
    ('eip155:56', 'binance', 'BNB', 18),
    ('eip155:97', 'binance', 'BNB', 18),
    ('bip122:000000000019d6689c085ae165831e93', 'bitcoin', 'BTC', 8),
    ('bip122:00000000da84f2bafbbc53dee25a72ae', 'bitcoin', 'BTC', 8),
    ('bip122:0f9188f13cb7b2c71f2a335e3a4fc328', 'bitcoin', 'BTC', 8),
    ('bip122:00040fe8ec8471911baa1db1266ea15d', 'zcash', 'ZEC', 8),
    ('bip122:05a60a92d99d85997cce3b87616c089f', 'zcash', 'ZEC', 8),
    ('bip122:029f11d80ef9765602235e1bc9727e3e', 'zcash', 'ZEC', 8),
    ('solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', 'solana', 'SOL', 9),
    ('solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1', 'solana', 'SOL', 9),
    ('solana:localnet', 'solana', 'SOL', 9);

-- Amounts are base units; a negative one cannot be stored.
CREATE DOMAIN base_units AS numeric(78, 0) CHECK (VALUE >= 0);
CREATE DOMAIN sha256_bytes AS bytea CHECK (octet_length(VALUE) = 32);

-- One payment. The order's bytes are kept exactly as they were signed.
CREATE TABLE intents (
    id                uuid PRIMARY KEY,
    sequence          bigint GENERATED ALWAYS AS IDENTITY,  -- the queue's order
    network           text NOT NULL REFERENCES networks,
    user_id           uuid NOT NULL,
    wallet_id         uuid NOT NULL,
    parent_id         uuid,                                 -- saga
    from_address      text NOT NULL,
    action            text NOT NULL CHECK (action IN
                          ('transfer', 'approve', 'revoke', 'swap', 'wrap', 'unwrap', 'cpfp')),
    asset_contract    text NOT NULL DEFAULT '',             -- '' = native
    asset_program     text NOT NULL DEFAULT '',
    asset_symbol      text NOT NULL DEFAULT '',
    asset_decimals    smallint NOT NULL,
    recipients        jsonb NOT NULL DEFAULT '[]',          -- [{"address", "amount"}]
    plan              jsonb NOT NULL,                       -- as transfer/plan_json.h writes it
    memo              text NOT NULL DEFAULT '',
    fee_cap           base_units NOT NULL,
    fee_estimate      base_units,
    order_bytes       bytea NOT NULL,
    order_signature   bytea NOT NULL,
    order_issued_at   timestamptz NOT NULL,
    order_expires_at  timestamptz NOT NULL,
    order_renewed     boolean NOT NULL DEFAULT false,       -- a fresh order came: ask again
    parameters_digest sha256_bytes NOT NULL,                -- equal for fresh orders of one payment
    amount            base_units NOT NULL,                  -- of the asset, fee not included
    quote             jsonb,                                -- as transfer/plan_json.h writes it
    quoted_at         timestamptz,
    state             text NOT NULL DEFAULT 'RECEIVED' CHECK (state IN
                          ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED', 'SIGNED',
                           'SUBMITTED', 'MINED', 'FINAL', 'REVERTED', 'CANCELLED', 'CONFLICTED',
                           'EXPIRED', 'REJECTED')),
    reason            text NOT NULL DEFAULT '',             -- why it waits or failed
    detail            text NOT NULL DEFAULT '',
    approval_id       uuid,
    cancel_requested  boolean NOT NULL DEFAULT false,
    voided_at         timestamptz,
    attempt_count     integer NOT NULL DEFAULT 0,
    landed_attempt    integer,
    tx_hash           text NOT NULL DEFAULT '',             -- of the landed attempt, else the newest
    block_height      bigint,
    block_hash        text NOT NULL DEFAULT '',
    receipt_ok        boolean,
    fee_paid          base_units,
    conflict_height   bigint,                               -- final height that first showed it
    needs_operator    boolean NOT NULL DEFAULT false,
    due_at            timestamptz NOT NULL DEFAULT now(),   -- the worker looks again
    created_at        timestamptz NOT NULL DEFAULT now(),
    progressed_at     timestamptz NOT NULL DEFAULT now(),
    signed_at         timestamptz,
    first_try_at      timestamptz,                          -- before the first network write
    mined_at          timestamptz,
    ended_at          timestamptz,
    outcome_reported  boolean NOT NULL DEFAULT false,
    CHECK ((ended_at IS NOT NULL) = (state IN
        ('FINAL', 'REVERTED', 'CANCELLED', 'CONFLICTED', 'EXPIRED', 'REJECTED')))
);
CREATE INDEX intents_queue ON intents (network, due_at)
    WHERE state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED');
CREATE INDEX intents_queue_of_wallet ON intents (wallet_id, sequence)
    WHERE state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED');
CREATE INDEX intents_on_chain ON intents (network, wallet_id)
    WHERE state IN ('SIGNED', 'SUBMITTED', 'MINED');
CREATE INDEX intents_open ON intents (network, progressed_at) WHERE ended_at IS NULL;
CREATE INDEX intents_unreported ON intents (network, ended_at)
    WHERE ended_at IS NOT NULL AND NOT outcome_reported;
CREATE INDEX intents_of_user ON intents (user_id, created_at DESC, id DESC);
CREATE INDEX intents_of_wallet ON intents (wallet_id, created_at DESC, id DESC);

CREATE FUNCTION intent_move_is_legal(old_state text, new_state text, voided boolean)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE old_state
        WHEN 'RECEIVED' THEN new_state IN ('AWAIT_HUMAN', 'AUTHORISED', 'REJECTED', 'EXPIRED')
        WHEN 'AWAIT_HUMAN' THEN new_state IN ('AUTHORISED', 'REJECTED', 'EXPIRED')
        WHEN 'AUTHORISED' THEN
            new_state = 'RESERVED' OR (voided AND new_state IN ('REJECTED', 'EXPIRED'))
        WHEN 'RESERVED' THEN
            new_state = 'SIGNED' OR (voided AND new_state IN ('REJECTED', 'EXPIRED'))
        WHEN 'SIGNED' THEN new_state = 'SUBMITTED'
        WHEN 'SUBMITTED' THEN new_state IN ('MINED', 'EXPIRED', 'CONFLICTED')
        WHEN 'MINED' THEN new_state IN ('FINAL', 'REVERTED', 'CANCELLED', 'SUBMITTED')
        ELSE false
    END
$$;

CREATE FUNCTION refuse_illegal_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an intent does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'intents_legal_move';
END
$$;

CREATE TRIGGER intents_legal_move BEFORE UPDATE ON intents FOR EACH ROW
    WHEN (OLD.state <> NEW.state
          AND NOT intent_move_is_legal(OLD.state, NEW.state, NEW.voided_at IS NOT NULL))
    EXECUTE FUNCTION refuse_illegal_move();

CREATE FUNCTION refuse_born_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an intent begins as RECEIVED'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'intents_legal_move';
END
$$;

CREATE TRIGGER intents_begin BEFORE INSERT ON intents FOR EACH ROW
    WHEN (NEW.state <> 'RECEIVED') EXECUTE FUNCTION refuse_born_late();

-- One signed (or to be signed) version of an intent. The unsigned transaction is stored before
-- wallet-manager is asked to sign it.
CREATE TABLE attempts (
    intent_id         uuid NOT NULL REFERENCES intents,
    number            integer NOT NULL CHECK (number >= 1),
    network           text NOT NULL,
    wallet_id         uuid NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('pay', 'speed_up', 'cancel')),
    automatic         boolean NOT NULL DEFAULT false,
    order_digest      sha256_bytes,            -- of its own order; NULL = the intent's
    unsigned_tx       bytea NOT NULL,
    terms             text NOT NULL,
    fee_max           base_units NOT NULL,
    sign_requested_at timestamptz NOT NULL DEFAULT now(),
    signed_tx         bytea,
    tx_hash           text,
    signed_at         timestamptz,
    state             text NOT NULL DEFAULT 'requested'
                      CHECK (state IN ('requested', 'signed', 'live', 'dead', 'landed')),
    dead_proof        text NOT NULL DEFAULT '',
    last_try_at       timestamptz,
    last_answer       text NOT NULL DEFAULT '',
    try_count         integer NOT NULL DEFAULT 0,
    next_try_at       timestamptz NOT NULL DEFAULT now(),
    claimed_until     timestamptz,
    PRIMARY KEY (intent_id, number),
    CHECK ((signed_tx IS NULL) = (tx_hash IS NULL)),
    CHECK (signed_tx IS NOT NULL OR state IN ('requested', 'dead'))
);
CREATE UNIQUE INDEX attempts_tx_hash ON attempts (network, tx_hash);
CREATE UNIQUE INDEX attempts_one_live_solana ON attempts (intent_id)
    WHERE state IN ('signed', 'live') AND network LIKE 'solana:%';
CREATE UNIQUE INDEX attempts_one_requested ON attempts (intent_id) WHERE state = 'requested';
CREATE INDEX attempts_broadcast ON attempts (network, next_try_at)
    WHERE state IN ('signed', 'live');

CREATE FUNCTION refuse_other_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'signed bytes never change'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_bytes_immutable';
END
$$;

CREATE TRIGGER attempts_signed_bytes BEFORE UPDATE ON attempts FOR EACH ROW
    WHEN (OLD.signed_tx IS NOT NULL AND
          (OLD.signed_tx, OLD.tx_hash, OLD.unsigned_tx, OLD.signed_at)
              IS DISTINCT FROM (NEW.signed_tx, NEW.tx_hash, NEW.unsigned_tx, NEW.signed_at))
    EXECUTE FUNCTION refuse_other_bytes();

-- A user's order for a further attempt, and what became of it.
CREATE TABLE attempt_orders (
    digest           sha256_bytes PRIMARY KEY,  -- SHA-256 of the order's bytes
    intent_id        uuid NOT NULL REFERENCES intents,
    network          text NOT NULL,
    wallet_id        uuid NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('speed_up', 'cancel')),
    order_bytes      bytea NOT NULL,
    order_signature  bytea NOT NULL,
    order_expires_at timestamptz NOT NULL,
    fee_cap          base_units NOT NULL,
    fee_wish         jsonb NOT NULL,
    state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'refused')),
    attempt_number   integer,                   -- once its transaction is reserved
    error            jsonb,                     -- of a refusal: {kind, reason, detail, metadata}
    due_at           timestamptz NOT NULL DEFAULT now(),
    created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attempt_orders_open ON attempt_orders (network, due_at) WHERE state = 'open';
CREATE INDEX attempt_orders_of_intent ON attempt_orders (intent_id);

-- The row that is locked while a hold is placed or a nonce is chosen.
CREATE TABLE accounts (
    network        text NOT NULL,
    address        text NOT NULL,
    asset_contract text NOT NULL DEFAULT '',
    wallet_id      uuid NOT NULL,
    balance        base_units NOT NULL,  -- as observed when a hold was last placed
    block_height   bigint NOT NULL,
    observed_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (network, address, asset_contract)
);

-- What an intent takes out of an account until the chain shows it.
CREATE TABLE holds (
    intent_id      uuid NOT NULL REFERENCES intents,
    asset_contract text NOT NULL DEFAULT '',
    network        text NOT NULL,
    address        text NOT NULL,
    amount         base_units NOT NULL,
    mined_height   bigint,               -- counts against balances observed below this block
    released_at    timestamptz,          -- nothing of it was spent
    PRIMARY KEY (intent_id, asset_contract)
);
CREATE INDEX holds_of_account ON holds (network, address, asset_contract, mined_height)
    INCLUDE (amount) WHERE released_at IS NULL;

-- One nonce serves one intent or one fill.
CREATE TABLE nonce_slots (
    network      text NOT NULL,
    from_address text NOT NULL,
    nonce        bigint NOT NULL CHECK (nonce >= 0),
    wallet_id    uuid NOT NULL,
    intent_id    uuid REFERENCES intents,
    used_by      text NOT NULL CHECK (used_by IN ('intent', 'fill', 'nobody')),
    PRIMARY KEY (network, from_address, nonce),
    CONSTRAINT nonce_slots_one_intent UNIQUE (intent_id),
    CHECK ((used_by = 'intent') = (intent_id IS NOT NULL))
);
CREATE INDEX nonce_slots_free ON nonce_slots (network, from_address, nonce)
    WHERE used_by = 'nobody';

-- One coin serves one intent.
CREATE TABLE coin_locks (
    network   text NOT NULL,
    tx_hash   text NOT NULL,
    output    integer NOT NULL CHECK (output >= 0),
    wallet_id uuid NOT NULL,
    intent_id uuid NOT NULL REFERENCES intents,
    anchor    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (network, tx_hash, output)
);
CREATE UNIQUE INDEX coin_locks_one_anchor ON coin_locks (intent_id) WHERE anchor;
CREATE INDEX coin_locks_of_intent ON coin_locks (intent_id);

-- 0 to self at a gap below a signed nonce.
CREATE TABLE fills (
    network       text NOT NULL,
    from_address  text NOT NULL,
    nonce         bigint NOT NULL,
    number        integer NOT NULL CHECK (number >= 1),
    wallet_id     uuid NOT NULL,
    unsigned_tx   bytea NOT NULL,
    signed_tx     bytea,
    tx_hash       text,
    signed_at     timestamptz,
    state         text NOT NULL DEFAULT 'requested'
                  CHECK (state IN ('requested', 'live', 'dead', 'landed')),
    block_height  bigint,
    fee_paid      base_units,
    next_try_at   timestamptz NOT NULL DEFAULT now(),
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (network, from_address, nonce, number),
    FOREIGN KEY (network, from_address, nonce) REFERENCES nonce_slots
);
CREATE UNIQUE INDEX fills_tx_hash ON fills (network, tx_hash);
CREATE INDEX fills_open ON fills (network, wallet_id) WHERE state IN ('requested', 'live');

CREATE TRIGGER fills_signed_bytes BEFORE UPDATE ON fills FOR EACH ROW
    WHEN (OLD.signed_tx IS NOT NULL AND
          (OLD.signed_tx, OLD.tx_hash, OLD.unsigned_tx)
              IS DISTINCT FROM (NEW.signed_tx, NEW.tx_hash, NEW.unsigned_tx))
    EXECUTE FUNCTION refuse_other_bytes();

-- Who works: "wallet:<uuid>", "publisher" or "follower". `epoch` rises with every new holder and
-- fences the former one: its transactions lock the row with the epoch it knows.
CREATE TABLE leases (
    network    text NOT NULL,
    name       text NOT NULL,
    holder     uuid NOT NULL,
    epoch      bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (network, name)
);

-- What the node must be, fixed at the first start.
CREATE TABLE chain_pins (
    network              text PRIMARY KEY,
    identity             text NOT NULL,     -- chain id and genesis hash
    final_height         bigint NOT NULL,
    final_hash           text NOT NULL,
    sends_stopped_reason text NOT NULL DEFAULT '',
    pinned_at            timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE chain_heads (
    network      text PRIMARY KEY,
    height       bigint NOT NULL,
    hash         text NOT NULL,
    final_height bigint NOT NULL,
    block_time   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL DEFAULT now()
);

-- Payments to our addresses. `position` lies inside the transaction (log ordinal, vout, instruction
-- path), so a re-mined transaction keeps it.
CREATE TABLE incoming_transfers (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    network        text NOT NULL REFERENCES networks,
    tx_hash        text NOT NULL,         -- '' for a rise that no transaction explains
    position       text NOT NULL,
    wallet_id      uuid NOT NULL,
    user_id        uuid NOT NULL,
    address        text NOT NULL,
    from_address   text NOT NULL DEFAULT '',
    asset_contract text NOT NULL DEFAULT '',
    asset_program  text NOT NULL DEFAULT '',
    asset_symbol   text NOT NULL DEFAULT '',
    asset_decimals smallint NOT NULL,
    amount         base_units NOT NULL,
    state          text NOT NULL CHECK (state IN ('CONFIRMED', 'FINAL', 'REVERSED')),
    reason         text NOT NULL DEFAULT '',  -- unattributed, reorganised
    block_height   bigint NOT NULL,
    block_hash     text NOT NULL,
    block_time     timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT incoming_transfers_once UNIQUE (network, tx_hash, position, wallet_id)
);
CREATE INDEX incoming_transfers_open ON incoming_transfers (network, block_height)
    WHERE state = 'CONFIRMED';
CREATE INDEX incoming_transfers_of_address ON incoming_transfers (network, address, block_height);
CREATE INDEX incoming_transfers_of_user ON incoming_transfers (user_id, created_at DESC, id DESC);
CREATE INDEX incoming_transfers_of_wallet
    ON incoming_transfers (wallet_id, created_at DESC, id DESC);

-- The newest blocks the follower has read, a chain of hashes.
CREATE TABLE follower_blocks (
    network     text NOT NULL,
    height      bigint NOT NULL,
    hash        text NOT NULL,
    parent_hash text NOT NULL,
    PRIMARY KEY (network, height)
);

-- Own addresses, as wallet-manager lists them by epoch.
CREATE TABLE watched_addresses (
    network   text NOT NULL,
    address   text NOT NULL,
    wallet_id uuid NOT NULL,
    user_id   uuid NOT NULL,
    epoch     bigint NOT NULL,
    PRIMARY KEY (network, address)
);
CREATE INDEX watched_addresses_epoch ON watched_addresses (network, epoch);

-- Native balances at blocks the follower has read; a rise between two that known transactions do
-- not explain is booked as unattributed.
CREATE TABLE native_baselines (
    network      text NOT NULL,
    address      text NOT NULL,
    block_height bigint NOT NULL,
    balance      base_units NOT NULL,
    PRIMARY KEY (network, address, block_height)
);
