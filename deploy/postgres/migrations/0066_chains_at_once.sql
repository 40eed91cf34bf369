-- Appending locks, reads and writes the ends of all wallets' chains in one statement each: a round of
-- many wallets had three for every wallet. The entries come in order of wallet, as before.
CREATE OR REPLACE FUNCTION append_events(entries pending_event[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wallets uuid[];
    ends CURSOR FOR SELECT * FROM event_chains WHERE wallet_id = ANY (wallets)
        ORDER BY wallet_id FOR UPDATE;
    entry   pending_event;
    event   transfer_events;
    events  transfer_events[];
    current event_chains;
    chains  event_chains[];
BEGIN
    SELECT array_agg(DISTINCT (e.event).wallet_id) INTO wallets FROM unnest(entries) AS e;
    INSERT INTO event_chains SELECT w, 0, sha256(w::text::bytea) FROM unnest(wallets) AS w
        ON CONFLICT (wallet_id) DO NOTHING;
    OPEN ends;
    FOREACH entry IN ARRAY entries LOOP
        event := entry.event;
        IF current.wallet_id IS DISTINCT FROM event.wallet_id THEN
            IF current.wallet_id IS NOT NULL THEN
                chains := chains || current;
            END IF;
            FETCH ends INTO current;
            IF current.wallet_id IS DISTINCT FROM event.wallet_id THEN
                RAISE EXCEPTION 'events do not come in order of wallet';
            END IF;
        END IF;
        event.sequence := current.sequence + 1;
        event.recorded_at := clock_timestamp();
        event.previous_hash := current.hash;
        event.hash := transfer_event_hash(event);
        events := events || event;
        current.sequence := event.sequence;
        current.hash := event.hash;
    END LOOP;
    CLOSE ends;
    chains := chains || current;
    UPDATE event_chains c SET sequence = n.sequence, hash = n.hash
        FROM unnest(chains) AS n WHERE c.wallet_id = n.wallet_id;
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
