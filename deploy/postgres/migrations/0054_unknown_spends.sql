-- Transactions of our own addresses in blocks that no payment here knows: signed in the part of
-- history that a restore has lost, or elsewhere with an exported key. They are shown to a client
-- that repeats a request which a restored database does not know.

CREATE TABLE unknown_spends (
    network      text NOT NULL REFERENCES networks,
    tx_hash      text NOT NULL,
    wallet_id    uuid NOT NULL,
    user_id      uuid NOT NULL,
    block_height bigint NOT NULL,
    block_time   timestamptz NOT NULL,
    described    boolean NOT NULL DEFAULT false,  -- the node has been asked what it does
    recipient    text NOT NULL DEFAULT '',        -- of the first output, or the contract called
    amount       base_units NOT NULL DEFAULT 0,   -- of the native coin to it
    lines        text[] NOT NULL DEFAULT '{}',    -- all of it, for people
    PRIMARY KEY (network, tx_hash, wallet_id)
);
CREATE INDEX unknown_spends_of_user ON unknown_spends (user_id, network, block_height DESC);
CREATE INDEX unknown_spends_at ON unknown_spends (network, block_height);
CREATE INDEX unknown_spends_undescribed ON unknown_spends (network) WHERE NOT described;

ALTER TABLE unknown_spends ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_networks ON unknown_spends TO chain_services USING (network IN
    (SELECT r.network FROM role_networks r WHERE r.role_name = current_user));
CREATE POLICY all_networks ON unknown_spends FOR SELECT TO api_gateway USING (true);
GRANT SELECT, INSERT, DELETE ON unknown_spends TO chain_services;
GRANT UPDATE (described, recipient, amount, lines) ON unknown_spends TO chain_services;
GRANT SELECT ON unknown_spends TO api_gateway;
