-- The same events with the same hashes, written with less work: PL/pgSQL keeps its plans for as long
-- as a connection lives, where a function in SQL that is not inlined is planned again in every
-- statement, which cost more than the events themselves; and all rows of a statement are inserted at
-- once.
CREATE OR REPLACE FUNCTION transfer_event_hash(event transfer_events) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    parts text[] := ARRAY[
        event.wallet_id::text, event.sequence::text, event.network, event.user_id::text,
        event.subject_id::text, event.incoming::text, event.from_state, event.to_state,
        event.reason, event.attempt::text, event.tx_hash,
        (extract(epoch FROM event.recorded_at) * 1000000)::bigint::text];
    part  text;
    whole text := '';
BEGIN
    FOREACH part IN ARRAY parts LOOP
        whole := whole || octet_length(part) || ':' || part;
    END LOOP;
    RETURN sha256(event.previous_hash || convert_to(whole, 'UTF8'));
END
$$;

CREATE OR REPLACE FUNCTION append_events(entries pending_event[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry   pending_event;
    event   transfer_events;
    current event_chains;
    events  transfer_events[];
BEGIN
    FOREACH entry IN ARRAY entries LOOP
        event := entry.event;
        IF current.wallet_id IS DISTINCT FROM event.wallet_id THEN
            UPDATE event_chains SET sequence = current.sequence, hash = current.hash
                WHERE wallet_id = current.wallet_id;
            INSERT INTO event_chains
                VALUES (event.wallet_id, 0, sha256(event.wallet_id::text::bytea))
                ON CONFLICT (wallet_id) DO NOTHING;
            SELECT * INTO STRICT current FROM event_chains
                WHERE wallet_id = event.wallet_id FOR UPDATE;
        END IF;
        event.sequence := current.sequence + 1;
        event.recorded_at := clock_timestamp();
        event.previous_hash := current.hash;
        event.hash := transfer_event_hash(event);
        events := events || event;
        current.sequence := event.sequence;
        current.hash := event.hash;
    END LOOP;
    UPDATE event_chains SET sequence = current.sequence, hash = current.hash
        WHERE wallet_id = current.wallet_id;
    INSERT INTO transfer_events SELECT * FROM unnest(events);
    INSERT INTO outbox (network, type, user_id, wallet_id, wallet_sequence, subject_id,
                        payload_version, payload, recorded_at)
        SELECT e.network,
               CASE WHEN e.incoming THEN 'incoming.updated' ELSE 'transfer.updated' END,
               e.user_id, e.wallet_id, e.sequence, e.subject_id, 1, entries[place].payload,
               e.recorded_at
        FROM unnest(events) WITH ORDINALITY AS e (wallet_id, sequence, network, user_id,
            subject_id, incoming, from_state, to_state, reason, attempt, tx_hash, recorded_at,
            previous_hash, hash, place)
        ORDER BY place;
END
$$;

CREATE OR REPLACE FUNCTION intent_event(moved intents, old_state text) RETURNS pending_event
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ROW(
        ROW(moved.wallet_id, 0, moved.network, moved.user_id, moved.id, false, old_state,
            moved.state, moved.reason, moved.attempt_count, moved.tx_hash, NULL, NULL,
            NULL)::transfer_events,
        jsonb_build_object(
            'id', moved.id, 'network', moved.network, 'incoming', false,
            'status', transfer_status(moved.state), 'state', moved.state,
            'reason', moved.reason, 'action', moved.action, 'from', moved.from_address,
            'to', moved.recipients, 'contract', moved.asset_contract,
            'symbol', moved.asset_symbol, 'decimals', moved.asset_decimals,
            'amount', moved.amount::text, 'tx_hash', moved.tx_hash,
            'block_height', moved.block_height))::pending_event;
END
$$;
