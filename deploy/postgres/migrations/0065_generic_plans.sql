-- A daemon's connection prepares its statements: each is planned once, not for each call's values,
-- and mostly while the tables are young. The statements find their rows by keys however many there
-- are, so a plan that reads a whole table because it is small now must not be kept for later.
-- (Where no index helps the planner still reads the table; it would then take its own price for a
-- reason to compile the plan, so that is off.)
DO $$
DECLARE
    role_name text;
    setting   text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'api_gateway', 'wallet_manager',
        'ethereum_service', 'bitcoin_service', 'zcash_service', 'binance_service', 'solana_service']
    LOOP
        FOREACH setting IN ARRAY ARRAY[
            'plan_cache_mode = force_generic_plan', 'enable_seqscan = off', 'jit = off']
        LOOP
            EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %s',
                           role_name, current_database(), setting);
        END LOOP;
    END LOOP;
END
$$;
