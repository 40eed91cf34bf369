-- Messages that wallets sign: which typed data (EIP-712) a user lets pass, and every message that
-- was about to be signed. wallet_manager alone reads and writes these tables.

-- Adding one is a loosening: it waits until effective_at.
CREATE TABLE message_types (
    id           UUID PRIMARY KEY,
    user_id      UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    network      TEXT NOT NULL,
    contract     TEXT NOT NULL,
    primary_type TEXT NOT NULL CHECK (length(primary_type) BETWEEN 1 AND 100),
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    effective_at TIMESTAMPTZ NOT NULL DEFAULT now() + INTERVAL '24 hours',
    UNIQUE (user_id, network, contract, primary_type)
);

-- One order, one signature. Written before the signer is asked; the message itself is not kept.
CREATE TABLE message_orders (
    order_id     UUID PRIMARY KEY,
    wallet_id    UUID NOT NULL REFERENCES wallets (id) ON DELETE RESTRICT,
    kind         TEXT NOT NULL,
    digest       BYTEA NOT NULL CHECK (length(digest) = 32),
    requested_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX message_orders_of_wallet ON message_orders (wallet_id, requested_at);

GRANT SELECT, INSERT, DELETE ON message_types TO wallet_manager;
GRANT SELECT, INSERT ON message_orders TO wallet_manager;
