-- Who may touch the transfer tables. Chain services see their own networks' rows alone; what is
-- fixed when an intent is made cannot be updated by anyone; events and their chain are written by
-- the triggers of 0031 alone. wallet_manager and api_gateway read.

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY[
        'intents', 'attempts', 'attempt_orders', 'accounts', 'holds', 'nonce_slots', 'coin_locks',
        'fills', 'leases', 'chain_pins', 'chain_heads', 'incoming_transfers', 'follower_blocks',
        'watched_addresses', 'native_baselines', 'transfer_events', 'outbox']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format(
            'CREATE POLICY own_networks ON %I TO chain_services USING (network IN '
            '(SELECT r.network FROM role_networks r WHERE r.role_name = current_user))', relation);
        EXECUTE format('GRANT SELECT ON %I TO chain_services', relation);
    END LOOP;

    FOREACH relation IN ARRAY ARRAY[
        'intents', 'attempts', 'nonce_slots', 'chain_heads', 'incoming_transfers',
        'transfer_events', 'outbox']
    LOOP
        EXECUTE format('CREATE POLICY all_networks ON %I FOR SELECT TO wallet_manager, api_gateway '
                       'USING (true)', relation);
        EXECUTE format('GRANT SELECT ON %I TO wallet_manager, api_gateway', relation);
    END LOOP;
END
$$;

GRANT SELECT ON networks, event_chains TO platform_services;
GRANT EXECUTE ON FUNCTION transfer_status(text), first_broken_event(uuid),
    transfer_event_hash(transfer_events) TO platform_services;
GRANT EXECUTE ON FUNCTION intent_move_is_legal(text, text, boolean) TO chain_services;

GRANT INSERT ON intents, attempts, attempt_orders, accounts, holds, nonce_slots, coin_locks, fills,
    leases, chain_pins, chain_heads, incoming_transfers, follower_blocks, watched_addresses,
    native_baselines TO chain_services;

GRANT UPDATE (
    order_bytes, order_signature, order_issued_at, order_expires_at, order_renewed, amount,
    fee_estimate, quote,
    quoted_at, state, reason, detail, approval_id, cancel_requested, voided_at, attempt_count,
    landed_attempt, tx_hash, block_height, block_hash, receipt_ok, fee_paid, conflict_height,
    needs_operator, due_at, progressed_at, signed_at, first_try_at, mined_at, ended_at,
    outcome_reported) ON intents TO chain_services;
GRANT UPDATE (
    kind, automatic, order_digest, sign_requested_at, unsigned_tx, terms, fee_max, signed_tx, tx_hash,
    signed_at, state, dead_proof, last_try_at, last_answer, try_count, next_try_at, claimed_until)
    ON attempts TO chain_services;
GRANT UPDATE (state, attempt_number, error, due_at) ON attempt_orders TO chain_services;
GRANT UPDATE (balance, block_height, observed_at) ON accounts TO chain_services;
GRANT UPDATE (amount, mined_height, released_at) ON holds TO chain_services;
GRANT UPDATE (intent_id, used_by) ON nonce_slots TO chain_services;
GRANT UPDATE (signed_tx, tx_hash, signed_at, state, block_height, fee_paid, next_try_at) ON fills
    TO chain_services;
GRANT UPDATE (holder, epoch, expires_at) ON leases TO chain_services;
GRANT UPDATE (sends_stopped_reason, final_height, final_hash) ON chain_pins TO chain_services;
GRANT UPDATE (height, hash, final_height, block_time, seen_at) ON chain_heads TO chain_services;
GRANT UPDATE (state, reason, block_height, block_hash, block_time) ON incoming_transfers
    TO chain_services;
GRANT UPDATE (wallet_id, user_id, epoch) ON watched_addresses TO chain_services;
GRANT UPDATE (event_id, published_at) ON outbox TO chain_services;
GRANT DELETE ON coin_locks, follower_blocks, native_baselines TO chain_services;
GRANT SELECT, UPDATE ON event_counter TO chain_services;
