-- Databases that were taken back to an older state: found by wallet-manager, accepted and closed by
-- an administrator. Between acceptance and close, requests that this database does not know answer
-- `restored`: they may have been paid in the lost part of history.

CREATE TABLE restores (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    detected_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    reason      TEXT NOT NULL CHECK (length(reason) <= 200),
    -- Orders issued before are void.
    accepted_at TIMESTAMPTZ,
    accepted_by UUID REFERENCES users (id),
    closed_at   TIMESTAMPTZ CHECK (closed_at IS NULL OR accepted_at IS NOT NULL),
    closed_by   UUID REFERENCES users (id)
);
CREATE UNIQUE INDEX restores_one_open ON restores ((true)) WHERE closed_at IS NULL;

-- Cluster and timeline on which a replica last counted: a restored cluster has another one.
ALTER TABLE incarnations ADD COLUMN system TEXT NOT NULL DEFAULT '';
ALTER TABLE incarnations DROP COLUMN accepted_at;

GRANT SELECT, INSERT, UPDATE ON restores TO wallet_manager;
GRANT SELECT ON restores TO api_gateway;
