-- One role a service, with nothing but what a later migration grants it. The roles cannot log in
-- until scripts/migrate.sh finds the service's <SERVICE>_DATABASE_URL. Roles belong to the whole
-- server, so they may exist already.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'platform_services', 'chain_services',
        'api_gateway', 'wallet_manager',
        'ethereum_service', 'bitcoin_service', 'zcash_service', 'binance_service', 'solana_service']
    LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
END
$$;

-- platform_services: every daemon. chain_services: the five that share the transfer tables.
GRANT platform_services TO api_gateway, wallet_manager, chain_services;
GRANT chain_services
    TO ethereum_service, bitcoin_service, zcash_service, binance_service, solana_service;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO platform_services', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO platform_services;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- A daemon compares the applied migrations with those it was built from.
GRANT SELECT ON schema_migrations TO platform_services;

-- Which networks (CAIP-2) a chain service may see in the shared transfer tables. Policies use it:
--     USING (network IN (SELECT network FROM role_networks WHERE role_name = current_user))
CREATE TABLE role_networks (
    role_name text NOT NULL,
    network   text NOT NULL,
    PRIMARY KEY (role_name, network)
);
GRANT SELECT ON role_networks TO chain_services;

INSERT INTO role_networks (role_name, network) VALUES
    ('ethereum_service', 'eip155:1'),
    ('ethereum_service', 'eip155:11155111'),
    ('ethereum_service', 'eip155:31337'),
    ('binance_service', 'eip155:56'),
    ('binance_service', 'eip155:97'),
    ('bitcoin_service', 'bip122:000000000019d6689c085ae165831e93'),
    ('bitcoin_service', 'bip122:00000000da84f2bafbbc53dee25a72ae'),
    ('bitcoin_service', 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328'),
    ('zcash_service', 'bip122:00040fe8ec8471911baa1db1266ea15d'),
    ('zcash_service', 'bip122:05a60a92d99d85997cce3b87616c089f'),
    ('zcash_service', 'bip122:029f11d80ef9765602235e1bc9727e3e'),
    ('solana_service', 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp'),
    ('solana_service', 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1'),
    ('solana_service', 'solana:localnet');
