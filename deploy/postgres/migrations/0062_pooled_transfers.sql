-- Payments to our addresses that wait in a node's memory pool are PENDING: of no block, and of no
-- balance. One that the pool loses is REVERSED with the reason 'dropped'.
ALTER TABLE incoming_transfers
    DROP CONSTRAINT incoming_transfers_state_check,
    ADD CONSTRAINT incoming_transfers_state_check
        CHECK (state IN ('PENDING', 'CONFIRMED', 'FINAL', 'REVERSED')),
    ALTER COLUMN block_height DROP NOT NULL,
    ALTER COLUMN block_hash SET DEFAULT '',
    ALTER COLUMN block_time DROP NOT NULL,
    ADD CONSTRAINT incoming_transfers_in_block
        CHECK (CASE state WHEN 'PENDING' THEN block_height IS NULL
                          WHEN 'REVERSED' THEN true
                          ELSE block_height IS NOT NULL END);
CREATE INDEX incoming_transfers_pending ON incoming_transfers (network, wallet_id)
    WHERE state = 'PENDING';
