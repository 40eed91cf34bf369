-- The books of the UTXO chains: every output that ever paid one of our addresses, as the follower
-- has read it from the blocks, and the change that our own transactions will bring.

CREATE TABLE coins (
    network      text NOT NULL,
    tx_hash      text NOT NULL,
    output       integer NOT NULL CHECK (output >= 0),
    wallet_id    uuid NOT NULL,
    address      text NOT NULL,
    amount       base_units NOT NULL,
    coinbase     boolean NOT NULL DEFAULT false,
    made_by      uuid REFERENCES intents,        -- change of this payment
    own_chain    integer NOT NULL DEFAULT 0,     -- unconfirmed transactions of ours up to it
    block_height bigint,                         -- NULL = in no block of the main chain
    block_hash   text NOT NULL DEFAULT '',
    spent_by     text NOT NULL DEFAULT '',       -- hash of the transaction in a block
    spent_height bigint,
    spent_block  text NOT NULL DEFAULT '',
    PRIMARY KEY (network, tx_hash, output),
    CHECK ((spent_height IS NULL) = (spent_by = ''))
);
CREATE INDEX coins_unspent ON coins (network, wallet_id) WHERE spent_height IS NULL;
CREATE INDEX coins_made_at ON coins (network, block_height);
CREATE INDEX coins_spent_at ON coins (network, spent_height) WHERE spent_height IS NOT NULL;
CREATE INDEX coins_spent_by ON coins (network, spent_by) WHERE spent_height IS NOT NULL;

-- Transactions that made our coins, where spending needs them as a proof of the amounts.
CREATE TABLE coin_sources (
    network text NOT NULL,
    tx_hash text NOT NULL,
    raw     bytea NOT NULL,
    PRIMARY KEY (network, tx_hash)
);

-- What an attempt spends, "hash:output", the anchor first.
ALTER TABLE attempts ADD COLUMN coins text[] NOT NULL DEFAULT '{}';

-- wallet-manager's own record of which payment a coin serves as the anchor.
CREATE TABLE gate_anchors (
    network   TEXT NOT NULL,
    coin      TEXT NOT NULL,  -- "hash:output"
    intent_id UUID NOT NULL UNIQUE REFERENCES gate_intents (intent_id),
    PRIMARY KEY (network, coin)
);
GRANT SELECT, INSERT, DELETE ON gate_anchors TO wallet_manager;

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['coins', 'coin_sources'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format(
            'CREATE POLICY own_networks ON %I TO chain_services USING (network IN '
            '(SELECT r.network FROM role_networks r WHERE r.role_name = current_user))', relation);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO chain_services', relation);
    END LOOP;
END
$$;
GRANT UPDATE (wallet_id, made_by, own_chain, block_height, block_hash, spent_by, spent_height,
              spent_block) ON coins TO chain_services;
GRANT DELETE ON coins TO chain_services;
GRANT UPDATE (coins) ON attempts TO chain_services;
