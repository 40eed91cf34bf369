-- Where the pinned final block left the chain, an administrator says by its hash which block takes its
-- place; wallet-manager takes the proof and writes it down, the chain's daemon pins it if its node has it.
ALTER TABLE chain_pins ADD COLUMN accepted_hash text NOT NULL DEFAULT '';

CREATE POLICY all_networks ON chain_pins TO wallet_manager USING (true);
GRANT SELECT ON chain_pins TO wallet_manager;
GRANT UPDATE (accepted_hash) ON chain_pins TO wallet_manager, chain_services;
