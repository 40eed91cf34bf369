-- An intent that is older than a restore may have been signed in the lost part of history: of such
-- a one wallet-manager's word that it never was proves nothing, and its chain service asks the
-- chain.
GRANT SELECT (accepted_at) ON restores TO chain_services;
