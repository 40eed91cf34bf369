-- Wallets that are older than their place here: the follower reads the blocks since their birthday.

-- The first block that may pay it; NULL = none before it was made here.
ALTER TABLE wallets ADD COLUMN birthday_height BIGINT CHECK (birthday_height >= 0);

CREATE TABLE rescans (
    network     text NOT NULL,
    address     text NOT NULL,
    from_height bigint NOT NULL CHECK (from_height >= 0),
    next_height bigint NOT NULL CHECK (next_height >= from_height),
    detail      text NOT NULL DEFAULT '',  -- why it does not go on
    finished_at timestamptz,
    PRIMARY KEY (network, address)
);
CREATE INDEX rescans_open ON rescans (network, next_height) WHERE finished_at IS NULL;

ALTER TABLE rescans ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_networks ON rescans TO chain_services USING (network IN
    (SELECT r.network FROM role_networks r WHERE r.role_name = current_user));
GRANT SELECT, INSERT ON rescans TO chain_services;
GRANT UPDATE (from_height, next_height, detail, finished_at) ON rescans TO chain_services;
