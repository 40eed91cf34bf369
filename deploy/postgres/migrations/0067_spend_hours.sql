-- What counts in a user's window, summed by the hour it was reserved in: a look at the window reads
-- 24 sums and the rows of one hour, not a lifetime of payments.
CREATE TABLE spend_hours (
    user_id  UUID NOT NULL,
    network  TEXT NOT NULL,
    contract TEXT NOT NULL,
    hour     TIMESTAMPTZ NOT NULL,
    amount   NUMERIC NOT NULL,
    PRIMARY KEY (user_id, network, contract, hour)
);
GRANT SELECT, INSERT, UPDATE ON spend_hours TO wallet_manager;

CREATE FUNCTION hour_of(at TIMESTAMPTZ) RETURNS TIMESTAMPTZ
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT date_bin(INTERVAL '1 hour', at, TIMESTAMPTZ 'epoch')
$$;
GRANT EXECUTE ON FUNCTION hour_of(TIMESTAMPTZ) TO wallet_manager;

CREATE FUNCTION sum_new_spending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO spend_hours AS h
        SELECT user_id, network, contract, hour_of(reserved_at) AS hour, sum(amount)
        FROM new_rows WHERE counts GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (user_id, network, contract, hour)
            DO UPDATE SET amount = h.amount + excluded.amount;
    RETURN NULL;
END
$$;
CREATE TRIGGER spend_reservations_sum_new AFTER INSERT ON spend_reservations
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sum_new_spending();

CREATE FUNCTION sum_changed_spending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO spend_hours AS h
        SELECT user_id, network, contract, hour_of(reserved_at) AS hour, sum(change)
        FROM (SELECT *, amount AS change FROM new_rows WHERE counts
              UNION ALL SELECT *, -amount FROM old_rows WHERE counts) changes
        GROUP BY 1, 2, 3, 4 HAVING sum(change) <> 0 ORDER BY 1, 2, 3, 4
        ON CONFLICT (user_id, network, contract, hour)
            DO UPDATE SET amount = h.amount + excluded.amount;
    RETURN NULL;
END
$$;
CREATE TRIGGER spend_reservations_sum_changed AFTER UPDATE ON spend_reservations
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sum_changed_spending();

-- Those that a window counts although they are older.
CREATE INDEX spend_reservations_open ON spend_reservations (user_id, network, contract)
    WHERE counts AND settled_at IS NULL;

LOCK TABLE spend_reservations IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO spend_hours
    SELECT user_id, network, contract, hour_of(reserved_at), sum(amount)
    FROM spend_reservations WHERE counts GROUP BY 1, 2, 3, 4;
