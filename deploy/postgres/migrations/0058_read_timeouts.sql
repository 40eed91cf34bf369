-- Single reads run without a transaction around them, and so without the timeouts it would set.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'api_gateway', 'wallet_manager',
        'ethereum_service', 'bitcoin_service', 'zcash_service', 'binance_service', 'solana_service']
    LOOP
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET statement_timeout = 5000',
                       role_name, current_database());
    END LOOP;
END
$$;
