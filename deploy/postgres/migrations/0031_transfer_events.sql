-- Every move of an intent or an incoming transfer appends one event to its wallet's hash chain and
-- one row to the outbox, in the same commit, by trigger: no daemon can move money without a record,
-- and none can write a record without a move.

-- The end of each wallet's chain. Its row lock gives the events their order.
CREATE TABLE event_chains (
    wallet_id uuid PRIMARY KEY,
    sequence  bigint NOT NULL,
    hash      sha256_bytes NOT NULL
);

CREATE TABLE transfer_events (
    wallet_id     uuid NOT NULL,
    sequence      bigint NOT NULL,
    network       text NOT NULL,
    user_id       uuid NOT NULL,
    subject_id    uuid NOT NULL,              -- intent or incoming transfer
    incoming      boolean NOT NULL,
    from_state    text NOT NULL,              -- '' at the beginning
    to_state      text NOT NULL,
    reason        text NOT NULL,
    attempt       integer NOT NULL,
    tx_hash       text NOT NULL,
    recorded_at   timestamptz NOT NULL,
    previous_hash sha256_bytes NOT NULL,
    hash          sha256_bytes NOT NULL,
    PRIMARY KEY (wallet_id, sequence)
);
CREATE INDEX transfer_events_of_subject ON transfer_events (subject_id, sequence);

-- Readers use event_id as their cursor. It is given after the commit of the row, in order, by the
-- holder of the publisher's lease.
CREATE TABLE outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    network         text NOT NULL,
    type            text NOT NULL,            -- transfer.updated, incoming.updated
    user_id         uuid NOT NULL,
    wallet_id       uuid NOT NULL,
    wallet_sequence bigint NOT NULL,
    subject_id      uuid NOT NULL,
    payload_version smallint NOT NULL,
    payload         jsonb NOT NULL,
    recorded_at     timestamptz NOT NULL,
    event_id        bigint UNIQUE,
    published_at    timestamptz,
    UNIQUE (wallet_id, wallet_sequence)
);
CREATE INDEX outbox_unpublished ON outbox (network, id) WHERE event_id IS NULL;
CREATE INDEX outbox_of_user ON outbox (user_id, event_id) WHERE event_id IS NOT NULL;

-- One row. Its lock is held until the ids it gave are committed, so they become visible in order.
CREATE TABLE event_counter (
    the_one       boolean PRIMARY KEY DEFAULT true CHECK (the_one),
    last_event_id bigint NOT NULL
);
INSERT INTO event_counter (last_event_id) VALUES (0);

CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'events_append_only';
END
$$;
CREATE TRIGGER transfer_events_append_only BEFORE UPDATE OR DELETE ON transfer_events
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER transfer_events_no_truncate BEFORE TRUNCATE ON transfer_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- The public word for a state of an intent or an incoming transfer.
CREATE FUNCTION transfer_status(state text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE state
        WHEN 'AWAIT_HUMAN' THEN 'awaiting_approval'
        WHEN 'MINED' THEN 'confirmed'
        WHEN 'CONFIRMED' THEN 'confirmed'
        WHEN 'FINAL' THEN 'final'
        WHEN 'REJECTED' THEN 'failed'
        WHEN 'REVERTED' THEN 'failed'
        WHEN 'CONFLICTED' THEN 'failed'
        WHEN 'REVERSED' THEN 'failed'
        WHEN 'CANCELLED' THEN 'replaced'
        WHEN 'EXPIRED' THEN 'expired'
        ELSE 'pending'
    END
$$;

-- What is hashed: each field with its length in front, so that no two events share a text.
CREATE FUNCTION transfer_event_hash(event transfer_events) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(event.previous_hash || convert_to(string_agg(octet_length(part) || ':' || part, ''
                                                               ORDER BY place), 'UTF8'))
    FROM unnest(ARRAY[
        event.wallet_id::text, event.sequence::text, event.network, event.user_id::text,
        event.subject_id::text, event.incoming::text, event.from_state, event.to_state,
        event.reason, event.attempt::text, event.tx_hash,
        (extract(epoch FROM event.recorded_at) * 1000000)::bigint::text])
        WITH ORDINALITY AS parts (part, place)
$$;

-- The first number of a wallet whose event does not follow from the one before; NULL = all do.
CREATE FUNCTION first_broken_event(of_wallet uuid) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT min(sequence) FROM (
        SELECT e.sequence,
               e.hash = transfer_event_hash(e)
               AND e.previous_hash = coalesce(lag(e.hash) OVER w, sha256(of_wallet::text::bytea))
               AND e.sequence = coalesce(lag(e.sequence) OVER w, 0) + 1 AS follows
        FROM transfer_events e WHERE e.wallet_id = of_wallet
        WINDOW w AS (ORDER BY e.sequence)) chain
    WHERE NOT follows
$$;

-- Events to append, in order of wallet. The unset fields of `event` are filled in here.
CREATE TYPE pending_event AS (event transfer_events, payload jsonb);

CREATE FUNCTION append_events(entries pending_event[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry   pending_event;
    event   transfer_events;
    current event_chains;
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
        INSERT INTO transfer_events VALUES (event.*);
        INSERT INTO outbox (network, type, user_id, wallet_id, wallet_sequence, subject_id,
                            payload_version, payload, recorded_at)
            VALUES (event.network,
                    CASE WHEN event.incoming THEN 'incoming.updated' ELSE 'transfer.updated' END,
                    event.user_id, event.wallet_id, event.sequence, event.subject_id, 1,
                    entry.payload, event.recorded_at);
        current.sequence := event.sequence;
        current.hash := event.hash;
    END LOOP;
    UPDATE event_chains SET sequence = current.sequence, hash = current.hash
        WHERE wallet_id = current.wallet_id;
END
$$;

CREATE FUNCTION intent_event(moved intents, old_state text) RETURNS pending_event
LANGUAGE sql STABLE AS $$
    SELECT ROW(
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
            'block_height', moved.block_height))::pending_event
$$;

CREATE FUNCTION record_new_intents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entries pending_event[];
BEGIN
    SELECT array_agg(intent_event(n, '') ORDER BY n.wallet_id, n.sequence) INTO entries
        FROM new_rows n;
    IF entries IS NOT NULL THEN
        PERFORM append_events(entries);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION record_moved_intents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entries pending_event[];
BEGIN
    SELECT array_agg(intent_event(n, o.state) ORDER BY n.wallet_id, n.sequence) INTO entries
        FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE (n.state, n.reason, n.attempt_count)
              IS DISTINCT FROM (o.state, o.reason, o.attempt_count);
    IF entries IS NOT NULL THEN
        PERFORM append_events(entries);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER intents_record_new AFTER INSERT ON intents
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_new_intents();
CREATE TRIGGER intents_record_move AFTER UPDATE ON intents
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_moved_intents();

CREATE FUNCTION incoming_event(moved incoming_transfers, old_state text) RETURNS pending_event
LANGUAGE sql STABLE AS $$
    SELECT ROW(
        ROW(moved.wallet_id, 0, moved.network, moved.user_id, moved.id, true, old_state,
            moved.state, moved.reason, 0, moved.tx_hash, NULL, NULL, NULL)::transfer_events,
        jsonb_build_object(
            'id', moved.id, 'network', moved.network, 'incoming', true,
            'status', transfer_status(moved.state), 'state', moved.state,
            'reason', moved.reason, 'from', moved.from_address, 'address', moved.address,
            'contract', moved.asset_contract, 'symbol', moved.asset_symbol,
            'decimals', moved.asset_decimals, 'amount', moved.amount::text,
            'tx_hash', moved.tx_hash, 'block_height', moved.block_height))::pending_event
$$;

CREATE FUNCTION record_new_incoming() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entries pending_event[];
BEGIN
    SELECT array_agg(incoming_event(n, '') ORDER BY n.wallet_id, n.position) INTO entries
        FROM new_rows n;
    IF entries IS NOT NULL THEN
        PERFORM append_events(entries);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION record_moved_incoming() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entries pending_event[];
BEGIN
    SELECT array_agg(incoming_event(n, o.state) ORDER BY n.wallet_id, n.position) INTO entries
        FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE n.state <> o.state;
    IF entries IS NOT NULL THEN
        PERFORM append_events(entries);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER incoming_record_new AFTER INSERT ON incoming_transfers
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_new_incoming();
CREATE TRIGGER incoming_record_move AFTER UPDATE ON incoming_transfers
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION record_moved_incoming();
