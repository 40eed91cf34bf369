-- Whom an address has signed a payment to, so that a first payment is told from a further one by one
-- look, however long its history is.
CREATE TABLE paid_recipients (
    network      text NOT NULL,
    from_address text NOT NULL,
    to_address   text NOT NULL,
    PRIMARY KEY (network, from_address, to_address)
);

INSERT INTO paid_recipients
    SELECT DISTINCT i.network, i.from_address, r.recipient ->> 'address'
    FROM intents i CROSS JOIN LATERAL jsonb_array_elements(i.recipients) AS r (recipient)
    WHERE i.signed_at IS NOT NULL;

ALTER TABLE paid_recipients ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_networks ON paid_recipients TO chain_services USING (network IN
    (SELECT r.network FROM role_networks r WHERE r.role_name = current_user));
GRANT SELECT, INSERT ON paid_recipients TO chain_services;
