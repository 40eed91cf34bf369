// Messages: signed on every chain, judged by the libraries of others; and all that is never signed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { ethers } from './support/chain.mjs';
import { absent, CoinNode } from './support/coins.mjs';
import { sql } from './support/inside.mjs';
import { bitcoin, signerOfHeader, verifiesBip322, verifiesOffchain, zcashKeyHash } from './support/messages.mjs';
import { web3 } from './support/solana.mjs';
import { Stack, sleep } from './support/stack.mjs';

const CHAIN_ID = 31337;
const CONTRACT = '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC';
const without = { bitcoin: absent('bitcoind'), zcash: absent('zebrad') };

let stack;
let user;

before(async () => {
  const coins = ['bitcoin', 'zcash'].filter((chain) => !without[chain]);
  stack = await Stack.start({ PLATFORM_CHAINS: ['ethereum', 'binance', 'solana', ...coins].join(' ') });
  user = await stack.user();
});

after(() => stack?.stop());

const post = (path, body, who = user, more = {}) =>
  stack.call('POST', `/api/v1/${path}`, { ...(who ? { token: who.token } : {}), body, ...more });
// A new wallet's first call waits for the devnet's gift.
async function sign(chain, body, who = user) {
  let answer = await post(`${chain}/sign-message`, body, who);
  for (const deadline = Date.now() + 60_000; answer.body.code === 'funding_pending' && Date.now() < deadline; await sleep(500)) {
    answer = await post(`${chain}/sign-message`, body, who);
  }
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
async function verdict(chain, body) {
  const answer = await post(`${chain}/verify-message`, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
async function refused(path, body, status, code, who = user) {
  const answer = await post(path, body, who);
  assert.equal(answer.body.code, code, JSON.stringify(answer.body));
  assert.equal(answer.status, status);
  assert.ok(!JSON.stringify(answer.body).includes('"signature"'));
}

// What the API says of its own signature, and of the same for another message.
async function agrees(chain, message, made) {
  const { address, signature } = made;
  assert.deepEqual(await verdict(chain, { message, address, signature }), { valid: true, address, reason: null });
  const other = await verdict(chain, { message: `${message}!`, address, signature });
  assert.equal(other.valid, false);
  assert.equal(other.reason, 'not_signed_by');
}

const vote = (extra = {}) => ({
  types: {
    EIP712Domain: [{ name: 'name', type: 'string' }, { name: 'chainId', type: 'uint256' }, { name: 'verifyingContract', type: 'address' }],
    Vote: [{ name: 'proposal', type: 'uint256' }, { name: 'support', type: 'bool' }],
  },
  primaryType: 'Vote',
  domain: { name: 'Council', chainId: CHAIN_ID, verifyingContract: CONTRACT },
  message: { proposal: '115792089237316195423570985008687907853269984665640564039457584007913129639935', support: true },
  ...extra,
});

for (const chain of ['ethereum', 'binance']) {
  test(`${chain}: EIP-191 of text and of bytes is what ethers verifies`, async () => {
    const text = 'Sign in to example.org – nonce 8f3a\n';
    const made = await sign(chain, { message: text });
    assert.equal(ethers.verifyMessage(text, made.signature), made.address);
    assert.equal(made.message, text);
    await agrees(chain, text, made);
    const bytes = await sign(chain, { message: '0x00ff10', encoding: 'hex' });
    assert.equal(ethers.verifyMessage(ethers.getBytes('0x00ff10'), bytes.signature), bytes.address);
    assert.equal(bytes.message, null);
  });
}

test('a foreign signature is verified', async () => {
  const stranger = ethers.Wallet.createRandom();
  const signature = await stranger.signMessage('mine');
  const said = { message: 'mine', address: stranger.address, signature };
  assert.equal((await verdict('ethereum', said)).valid, true);
  assert.equal((await verdict('binance', said)).valid, true);
  const { types: { EIP712Domain, ...types }, domain, message } = vote({ domain: { ...vote().domain, chainId: 1 } });
  const typed = { typed_data: { types: { EIP712Domain, ...types }, primaryType: 'Vote', domain, message }, address: stranger.address };
  assert.equal((await verdict('ethereum', { ...typed, signature: await stranger.signTypedData(domain, types, message) })).valid, true);
  assert.equal((await verdict('ethereum', { ...typed, signature })).reason, 'not_signed_by');
});

test('typed data is denied, signed where its owner wants it, and once its type is allowed for a day', async () => {
  const { types: { EIP712Domain, ...types }, domain, message } = vote();
  await refused('ethereum/sign-message', { typed_data: vote() }, 403, 'approval_needed');
  await refused('ethereum/sign-message', { typed_data: vote(), password: 'Wrong-Horse-7-Battery' }, 401, 'bad_credentials');
  const wanted = await sign('ethereum', { typed_data: vote(), password: user.password });
  assert.equal(ethers.verifyTypedData(domain, types, message, wanted.signature), user.address);
  assert.deepEqual(wanted.typed_data, { primary_type: 'Vote', contract: CONTRACT });
  assert.equal((await verdict('ethereum', { typed_data: vote(), address: user.address, signature: wanted.signature })).valid, true);

  const entry = { chain: 'ethereum', contract: CONTRACT.toLowerCase(), primary_type: 'Vote', password: user.password };
  const allowed = await post('wallet/message-types', entry);
  assert.equal(allowed.status, 201, JSON.stringify(allowed.body));
  assert.ok(Date.parse(allowed.body.effective_at) > Date.now() + 23 * 3_600_000);
  await refused('ethereum/sign-message', { typed_data: vote() }, 403, 'approval_needed');
  await sql(stack, `UPDATE message_types SET effective_at = now() WHERE id = '${allowed.body.id.slice(4)}'`);
  const made = await sign('ethereum', { typed_data: vote() });
  assert.equal(made.signature, wanted.signature);
  // Another contract, type, chain and user are not what was allowed.
  await refused('ethereum/sign-message', { typed_data: vote({ domain: { ...domain, verifyingContract: user.address } }) }, 403, 'approval_needed');
  await refused('ethereum/sign-message', { typed_data: vote({ domain: { ...domain, chainId: 1 } }) }, 422, 'wrong_network');
  await refused('binance/sign-message', { typed_data: vote({ domain: { ...domain, chainId: 97 } }) }, 403, 'approval_needed');
  await refused('ethereum/sign-message', { typed_data: vote() }, 403, 'approval_needed', await stack.user());
  const gone = await stack.call('DELETE', `/api/v1/wallet/message-types/${allowed.body.id}`, { token: user.token });
  assert.equal(gone.status, 204);
  await refused('ethereum/sign-message', { typed_data: vote() }, 403, 'approval_needed');
});

test('permits to take tokens are never signed', async () => {
  const permit = {
    types: {
      EIP712Domain: [{ name: 'name', type: 'string' }, { name: 'version', type: 'string' }, { name: 'chainId', type: 'uint256' }, { name: 'verifyingContract', type: 'address' }],
      Permit: [{ name: 'owner', type: 'address' }, { name: 'spender', type: 'address' }, { name: 'value', type: 'uint256' }, { name: 'nonce', type: 'uint256' }, { name: 'deadline', type: 'uint256' }],
    },
    primaryType: 'Permit',
    domain: { name: 'USD Coin', version: '2', chainId: CHAIN_ID, verifyingContract: CONTRACT },
    message: { owner: user.address, spender: CONTRACT, value: '1', nonce: '0', deadline: '99999999999' },
  };
  const permit2 = {
    types: {
      EIP712Domain: permit.types.EIP712Domain,
      PermitTransferFrom: [{ name: 'permitted', type: 'TokenPermissions' }, { name: 'spender', type: 'address' }, { name: 'nonce', type: 'uint256' }, { name: 'deadline', type: 'uint256' }],
      TokenPermissions: [{ name: 'token', type: 'address' }, { name: 'amount', type: 'uint256' }],
    },
    primaryType: 'PermitTransferFrom',
    domain: { ...permit.domain, name: 'Permit2', verifyingContract: '0x000000000022D473030F116dDEE9F6B43aC78BA3' },
    message: { permitted: { token: CONTRACT, amount: '1' }, spender: CONTRACT, nonce: '0', deadline: '99999999999' },
  };
  for (const typed_data of [permit, permit2]) {
    await refused('ethereum/sign-message', { typed_data }, 403, 'permit_refused');
    await refused('ethereum/sign-message', { typed_data, password: user.password }, 403, 'permit_refused');
    await refused('wallet/message-types', { chain: 'ethereum', contract: typed_data.domain.verifyingContract, primary_type: typed_data.primaryType, password: user.password }, 403, 'permit_refused');
  }
});

test('solana: a text is signed behind the off-chain header', async () => {
  for (const text of ['Sign in to example.org', 'Grüße\nnonce 7']) {
    const made = await sign('solana', { message: text });
    assert.equal(made.format, 'solana_offchain');
    assert.ok(verifiesOffchain(made.address, text, made.signature));
    await agrees('solana', text, made);
  }
});

test('solana: a transaction is never signed as a text', async () => {
  const { address } = await sign('solana', { message: 'who am I' });
  const payer = new web3.PublicKey(address);
  const blockhash = web3.Keypair.generate().publicKey.toBase58();
  const transfer = web3.SystemProgram.transfer({ fromPubkey: payer, toPubkey: web3.Keypair.generate().publicKey, lamports: 1_000_000 });
  const transaction = new web3.Transaction({ feePayer: payer, recentBlockhash: blockhash }).add(transfer);
  const message = transaction.serializeMessage();
  const whole = transaction.serialize({ requireAllSignatures: false, verifySignatures: false });
  const v0 = new web3.TransactionMessage({ payerKey: payer, recentBlockhash: blockhash, instructions: [transfer] }).compileToV0Message();
  for (const raw of [message, whole, Buffer.from(v0.serialize()), Buffer.from(new web3.VersionedTransaction(v0).serialize())]) {
    await refused('solana/sign-message', { message: raw.toString('hex'), encoding: 'hex' }, 422, 'bad_message');
    await refused('solana/sign-message', { message: raw.toString('base64') }, 422, 'bad_message');
  }
});

test('bitcoin: BIP-322 for the own address, signmessage for an imported P2PKH one', { skip: without.bitcoin }, async () => {
  const text = 'I own this address';
  const made = await sign('bitcoin', { message: text });
  assert.equal(made.format, 'bip322');
  assert.ok(verifiesBip322(made.address, text, made.signature));
  await agrees('bitcoin', text, made);
  const header = await sign('bitcoin', { message: text, format: 'bitcoin_legacy' });
  const hash = Buffer.from(bitcoin.address.fromBech32(made.address).data).toString('hex');
  assert.equal(signerOfHeader('Bitcoin Signed Message:\n', text, header.signature), hash);
  await agrees('bitcoin', text, header);

  const further = (await post('bitcoin/address')).body.address;
  assert.ok(further && further !== made.address, further);
  const own = await sign('bitcoin', { message: text, address: further });
  assert.ok(verifiesBip322(further, text, own.signature));
  await refused('bitcoin/sign-message', { message: text, address: bitcoin.address.toBech32(new Uint8Array(20), 0, 'bcrt') }, 422, 'address_mismatch');

  const imported = await post('bitcoin/wallet/import', {
    mnemonic: 'test test test test test test test test test test test junk', path: `m/44'/1'/0'/0/${Math.floor(Math.random() * 1e6)}`, password: user.password,
  });
  assert.equal(imported.status, 201, JSON.stringify(imported.body));
  const legacy = await sign('bitcoin', { message: text, wallet_id: imported.body.wallet_id });
  assert.equal(legacy.address, imported.body.address);
  assert.equal(legacy.format, 'bitcoin_legacy');
  const node = new CoinNode(stack, 'bitcoin');
  assert.equal(await node.rpc('verifymessage', legacy.address, legacy.signature, text), true);
  assert.equal(await node.rpc('verifymessage', legacy.address, legacy.signature, `${text}!`), false);
  await agrees('bitcoin', text, legacy);
});

test('zcash: signmessage of a transparent address', { skip: without.zcash }, async () => {
  const text = 'I own this address';
  const made = await sign('zcash', { message: text });
  assert.equal(signerOfHeader('Zcash Signed Message:\n', text, made.signature), zcashKeyHash(made.address));
  await agrees('zcash', text, made);
});

test('a paused wallet signs nothing', async () => {
  const { data } = await stack.must('GET', '/api/v1/wallet', { token: user.token });
  const wallet = data.find(({ chain }) => chain === 'binance');
  await stack.must('POST', `/api/v1/wallet/${wallet.wallet_id}/pause`, { token: user.token, body: {} });
  await refused('binance/sign-message', { message: 'hello' }, 403, 'paused');
  await stack.must('POST', `/api/v1/wallet/${wallet.wallet_id}/resume`, { token: user.token, body: { password: user.password } });
  await sign('binance', { message: 'hello' });
});

test("another user's wallet signs nothing", async () => {
  const other = await stack.user();
  const { data } = await stack.must('GET', '/api/v1/wallet', { token: other.token });
  await refused('ethereum/sign-message', { message: 'hello', wallet_id: data[0].wallet_id }, 404, 'unknown_wallet');
  await refused('ethereum/sign-message', { message: 'hello', wallet_id: randomUUID() }, 404, 'unknown_wallet');
});

test('messages are bounded, and of formats of their chain', async () => {
  await refused('ethereum/sign-message', { message: 'a'.repeat(30_001) }, 422, 'message_too_long');
  await refused('ethereum/sign-message', { message: 'a'.repeat(65_536) }, 413, 'body_too_large');
  await refused('ethereum/sign-message', { message: 'a'.repeat(1 << 20) }, 413, 'body_too_large');
  await refused('ethereum/sign-message', { message: 'a', format: 'solana_offchain' }, 422, 'unknown_format');
  await refused('solana/sign-message', { message: 'ff', encoding: 'hex' }, 422, 'bad_message');
  await sign('solana', { message: 'a'.repeat(30_000) });
});

test('an API key needs the scope, and cannot say that it wants typed data', async () => {
  const keyOf = async (scope) =>
    (await stack.must('POST', '/api/v1/api-keys', { token: user.token, body: { name: scope, scopes: [scope], password: user.password } })).key;
  const asked = async (scope, body) => (await post('ethereum/sign-message', body, null, { headers: { 'x-api-key': await keyOf(scope) } }));
  assert.equal((await asked('sign', { message: 'hello' })).status, 200);
  assert.equal((await asked('send', { message: 'hello' })).status, 403);
  const wanted = await asked('sign', { typed_data: vote(), password: user.password });
  assert.equal(wanted.status, 403);
  assert.equal(wanted.body.code, 'session_required');
});

test('every signature is in the events before it is made, and refusals are written down', async () => {
  const made = await sign('ethereum', { message: `traced ${randomUUID()}` });
  const event = await sql(stack, `SELECT detail::json->>'kind' FROM wallet_events WHERE kind = 'message_signing' AND wallet_id = '${made.wallet_id}' AND detail::json->>'digest' = '${made.digest}'`);
  assert.equal(event, 'eip191');
  assert.equal(await sql(stack, `SELECT coalesce(wallet_chain_fault('${made.wallet_id}'), 0)`), '0');
  const refusals = await sql(stack, "SELECT string_agg(DISTINCT reason, ' ' ORDER BY reason) FROM gate_refusals WHERE caller = 'api-gateway'");
  assert.match(refusals, /approval_needed/);
  assert.match(refusals, /bad_credentials/);
  assert.equal(await sql(stack, 'SELECT coalesce(gate_refusal_chain_fault(), 0)'), '0');
});
