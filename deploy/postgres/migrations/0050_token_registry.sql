-- Tokens that the platform knows by symbol, with the decimals that it counts in. No daemon can
-- write here: a node or a price source that lies cannot rename a contract. Operators add rows as
-- the database's owner.

CREATE TABLE token_registry (
    network  TEXT NOT NULL,
    -- Canonical: EIP-55 on EVM chains, the mint on Solana.
    contract TEXT NOT NULL,
    symbol   TEXT NOT NULL CHECK (symbol ~ '^[A-Za-z0-9.]{1,11}$'),
    name     TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    decimals SMALLINT NOT NULL CHECK (decimals BETWEEN 0 AND 77),
    PRIMARY KEY (network, contract)
);
CREATE UNIQUE INDEX token_registry_symbol ON token_registry (network, upper(symbol));

GRANT SELECT ON token_registry TO platform_services;

INSERT INTO token_registry (network, contract, symbol, name, decimals) VALUES
    ('eip155:1', '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2', 'WETH', 'Wrapped Ether', 18),
    ('eip155:1', '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', 'USDC', 'USD Coin', 6),
    ('eip155:1', '0xdAC17F958D2ee523a2206206994597C13D831ec7', 'USDT', 'Tether USD', 6),
    ('eip155:1', '0x6B175474E89094C44Da98b954EedeAC495271d0F', 'DAI', 'Dai Stablecoin', 18),
    ('eip155:1', '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599', 'WBTC', 'Wrapped BTC', 8),
    ('eip155:1', '0x514910771AF9Ca656af840dff83E8264EcF986CA', 'LINK', 'Chainlink', 18),
    ('eip155:1', '0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984', 'UNI', 'Uniswap', 18),
    ('eip155:11155111', '0xfFf9976782d46CC05630D1f6eBAb18b2324d6B14', 'WETH', 'Wrapped Ether', 18),
    ('eip155:11155111', '0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238', 'USDC', 'USD Coin', 6),
    ('eip155:56', '0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c', 'WBNB', 'Wrapped BNB', 18),
    ('eip155:56', '0x55d398326f99059fF775485246999027B3197955', 'USDT', 'Tether USD', 18),
    ('eip155:56', '0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d', 'USDC', 'USD Coin', 18),
    ('eip155:56', '0x1AF3F329e8BE154074D8769D1FFa4eE058B1DBc3', 'DAI', 'Dai Token', 18),
    ('eip155:56', '0x2170Ed0880ac9A755fd29B2688956BD959F933F8', 'ETH', 'Ethereum Token', 18),
    ('eip155:56', '0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c', 'BTCB', 'BTCB Token', 18),
    ('eip155:56', '0x0E09FaBB73Bd3Ade0a17ECC321fD13a19e81cE82', 'CAKE', 'PancakeSwap Token', 18);
