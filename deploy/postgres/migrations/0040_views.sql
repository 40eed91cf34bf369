-- What people see of payments. Both views run with the rights of who reads them.

-- One row a payment of a user, outgoing (an intent) or incoming, with every figure of
-- platform.chain.v1.TransferView.
CREATE VIEW user_payments WITH (security_invoker = true) AS
SELECT
    i.id,
    i.user_id,
    i.wallet_id,
    i.network,
    n.chain,
    false AS incoming,
    i.action,
    i.from_address,
    i.recipients,
    i.asset_contract,
    i.asset_program,
    i.asset_symbol,
    i.asset_decimals,
    i.amount,
    i.state,
    transfer_status(i.state) AS status,
    i.reason,
    i.detail,
    i.tx_hash,
    coalesce((SELECT jsonb_agg(jsonb_build_object(
                         'number', a.number, 'tx_hash', a.tx_hash, 'state', a.state,
                         'kind', a.kind, 'signed_at', a.signed_at) ORDER BY a.number)
              FROM attempts a WHERE a.intent_id = i.id AND a.tx_hash IS NOT NULL),
             '[]') AS attempts,
    (SELECT s.nonce FROM nonce_slots s WHERE s.intent_id = i.id) AS nonce,
    i.fee_estimate,
    i.fee_paid,
    i.block_height,
    i.block_hash,
    greatest(0, h.height - i.block_height + 1) AS confirmations,
    CASE WHEN i.state = 'CANCELLED' THEN i.tx_hash ELSE '' END AS replaced_by,
    CASE WHEN i.state = 'AWAIT_HUMAN' THEN i.approval_id END AS approval_id,
    i.memo,
    coalesce((SELECT jsonb_agg(jsonb_build_object(
                         'state', e.to_state, 'reason', e.reason, 'at', e.recorded_at)
                         ORDER BY e.sequence)
              FROM transfer_events e WHERE e.subject_id = i.id), '[]') AS timeline,
    i.created_at,
    i.mined_at AS confirmed_at,
    i.needs_operator
FROM intents i
JOIN networks n ON n.network = i.network
LEFT JOIN chain_heads h ON h.network = i.network
UNION ALL
SELECT
    t.id,
    t.user_id,
    t.wallet_id,
    t.network,
    n.chain,
    true,
    'transfer',
    t.from_address,
    jsonb_build_array(jsonb_build_object('address', t.address, 'amount', t.amount::text)),
    t.asset_contract,
    t.asset_program,
    t.asset_symbol,
    t.asset_decimals,
    t.amount,
    t.state,
    transfer_status(t.state),
    t.reason,
    '',
    t.tx_hash,
    '[]'::jsonb,
    NULL,
    NULL,
    NULL,
    t.block_height,
    t.block_hash,
    CASE WHEN t.state = 'REVERSED' THEN 0
         ELSE greatest(0, h.height - t.block_height + 1) END,
    '',
    NULL,
    '',
    coalesce((SELECT jsonb_agg(jsonb_build_object(
                         'state', e.to_state, 'reason', e.reason, 'at', e.recorded_at)
                         ORDER BY e.sequence)
              FROM transfer_events e WHERE e.subject_id = t.id), '[]'),
    t.created_at,
    t.block_time,
    false
FROM incoming_transfers t
JOIN networks n ON n.network = t.network
LEFT JOIN chain_heads h ON h.network = t.network;

-- The documented table, as a view. Deviations: one payment can have several hashes, so this shows
-- the one that landed, else the newest ('' before signing); amount and fee are whole coins as
-- unbounded NUMERIC, because DECIMAL(36,18) raises on large tokens.
CREATE VIEW transactions WITH (security_invoker = true) AS
SELECT
    p.id,
    p.wallet_id,
    p.tx_hash,
    p.chain,
    p.from_address,
    coalesce(p.recipients -> 0 ->> 'address', '') AS to_address,
    p.amount::numeric / power(10::numeric, p.asset_decimals) AS amount,
    p.fee_paid::numeric / power(10::numeric, n.decimals) AS fee,
    p.status,
    p.created_at,
    p.confirmed_at
FROM user_payments p
JOIN networks n ON n.network = p.network;

GRANT SELECT ON user_payments TO chain_services, wallet_manager, api_gateway;
GRANT SELECT ON transactions TO wallet_manager, api_gateway;
