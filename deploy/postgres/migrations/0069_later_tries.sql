-- What a node cannot show now is asked for again later, and nothing else waits for it.

ALTER TABLE rescans
    ADD COLUMN tried_at timestamptz NOT NULL DEFAULT '-infinity',  -- the longest ago is next
    ADD COLUMN retry_at timestamptz NOT NULL DEFAULT '-infinity';  -- after a failure: not before
GRANT UPDATE (tried_at, retry_at) ON rescans TO chain_services;

ALTER TABLE unknown_spends ADD COLUMN describe_at timestamptz NOT NULL DEFAULT '-infinity';
GRANT UPDATE (describe_at) ON unknown_spends TO chain_services;
