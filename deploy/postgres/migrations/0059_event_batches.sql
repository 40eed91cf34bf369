-- Several events at once, in their order on each wallet: the end of a wallet's chain is locked, read
-- and written once, however many of its events there are.
CREATE FUNCTION append_wallet_events(wallets UUID[], kinds TEXT[], details TEXT[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    entry RECORD;
    head wallet_event_heads;
    event wallet_events;
BEGIN
    FOR entry IN
        SELECT * FROM unnest(wallets, kinds, details) WITH ORDINALITY AS u (wallet, kind, detail, place)
        ORDER BY wallet, place
    LOOP
        IF head.wallet_id IS DISTINCT FROM entry.wallet THEN
            UPDATE wallet_event_heads SET seq = head.seq, hash = head.hash
                WHERE wallet_id = head.wallet_id;
            INSERT INTO wallet_event_heads VALUES (entry.wallet, 0, '\x') ON CONFLICT DO NOTHING;
            SELECT * INTO STRICT head FROM wallet_event_heads
                WHERE wallet_id = entry.wallet FOR UPDATE;
        END IF;
        event := ROW (entry.wallet, head.seq + 1, entry.kind, entry.detail, clock_timestamp(),
                      head.hash, '\x');
        event.hash := wallet_event_hash(event);
        INSERT INTO wallet_events SELECT event.*;
        head.seq := event.seq;
        head.hash := event.hash;
    END LOOP;
    UPDATE wallet_event_heads SET seq = head.seq, hash = head.hash
        WHERE wallet_id = head.wallet_id;
END
$$;

GRANT EXECUTE ON FUNCTION append_wallet_events(UUID[], TEXT[], TEXT[]) TO wallet_manager;
