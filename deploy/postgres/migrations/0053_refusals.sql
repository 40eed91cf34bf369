-- What wallet-manager refused to a daemon that was let in, or to one that was not: append-only, one
-- hash chain. Intent and wallet are what the caller named; a forged order names whom it likes.

CREATE TABLE gate_refusals (
    seq       BIGINT PRIMARY KEY,
    at        TIMESTAMPTZ NOT NULL,
    caller    TEXT NOT NULL,  -- identity of the certificate
    method    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    detail    TEXT NOT NULL,
    intent_id UUID,
    wallet_id UUID,
    prev_hash BYTEA NOT NULL,
    hash      BYTEA NOT NULL
);
CREATE INDEX gate_refusals_of_intent ON gate_refusals (intent_id, seq);

CREATE FUNCTION gate_refusal_hash(event gate_refusals) RETURNS BYTEA
LANGUAGE sql STABLE AS $$
    SELECT sha256(event.prev_hash || convert_to(
        concat_ws(chr(31), event.seq, extract(epoch FROM event.at), event.caller, event.method,
                  event.reason, event.detail, coalesce(event.intent_id::text, '-'),
                  coalesce(event.wallet_id::text, '-')), 'UTF8'))
$$;

-- Links a new refusal to the last one. The lock is the chain's: refusals are rare.
CREATE FUNCTION chain_gate_refusal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last gate_refusals;
BEGIN
    LOCK TABLE gate_refusals IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO last FROM gate_refusals ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.prev_hash := coalesce(last.hash, '\x'::bytea);
    NEW.at := clock_timestamp();
    NEW.hash := gate_refusal_hash(NEW);
    RETURN NEW;
END
$$;
CREATE TRIGGER gate_refusals_chain BEFORE INSERT ON gate_refusals
    FOR EACH ROW EXECUTE FUNCTION chain_gate_refusal();
CREATE TRIGGER gate_refusals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gate_refusals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The first refusal that does not fit; NULL = the chain is whole.
CREATE FUNCTION gate_refusal_chain_fault() RETURNS BIGINT
LANGUAGE sql STABLE AS $$
    SELECT min(fault.seq) FROM (
        SELECT event.seq,
               event.hash = gate_refusal_hash(event) AS own,
               event.prev_hash = coalesce(lag(event.hash) OVER chain, '\x'::bytea) AS linked,
               event.seq = coalesce(lag(event.seq) OVER chain, 0) + 1 AS next
        FROM gate_refusals event WINDOW chain AS (ORDER BY event.seq)) fault
    WHERE NOT (fault.own AND fault.linked AND fault.next)
$$;

GRANT SELECT, INSERT (caller, method, reason, detail, intent_id, wallet_id) ON gate_refusals
    TO wallet_manager;
GRANT EXECUTE ON FUNCTION gate_refusal_hash(gate_refusals), gate_refusal_chain_fault()
    TO wallet_manager;
