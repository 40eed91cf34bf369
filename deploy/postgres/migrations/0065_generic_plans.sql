-- A daemon's connection prepares its statements: each is planned once, not for each call's values,
-- and mostly while the tables are young. The statements find their rows by keys however many there
-- are, so a plan that reads a whole table because it is small now must not be kept for later.
-- (Where no index helps the planner still reads the table; it would then take its own price for a
-- reason to compile the plan, so that is off.) Single reads run without a transaction that would
-- set a timeout.
CREATE FUNCTION set_up_daemon_role(role_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    setting text;
BEGIN
    FOREACH setting IN ARRAY ARRAY[
        'statement_timeout = 5000', 'plan_cache_mode = force_generic_plan',
        'enable_seqscan = off', 'jit = off']
    LOOP
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %s',
                       role_name, current_database(), setting);
    END LOOP;
END
$$;

SELECT set_up_daemon_role(daemon) FROM unnest(ARRAY[
    'api_gateway', 'wallet_manager',
    'ethereum_service', 'bitcoin_service', 'zcash_service', 'binance_service', 'solana_service'])
    AS daemon;
