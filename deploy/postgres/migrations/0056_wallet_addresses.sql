-- Further receive addresses of a wallet (UTXO chains): each has a sealed key of its own.
CREATE TABLE wallet_addresses (
    network               TEXT NOT NULL,
    address               VARCHAR(255) NOT NULL,
    wallet_id             UUID NOT NULL REFERENCES wallets (id) ON DELETE RESTRICT,
    user_id               UUID NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    path                  TEXT NOT NULL,
    encrypted_private_key TEXT NOT NULL,
    address_epoch         BIGINT NOT NULL,
    created_at            TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (network, address),
    UNIQUE (network, address_epoch),
    CONSTRAINT wallet_addresses_one_path UNIQUE (user_id, network, path)
);
CREATE INDEX wallet_addresses_of_wallet ON wallet_addresses (wallet_id, address_epoch);
GRANT SELECT, INSERT, UPDATE (encrypted_private_key) ON wallet_addresses TO wallet_manager;
