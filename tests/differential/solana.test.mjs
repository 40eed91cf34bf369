// Messages and signatures against @solana/web3.js. Libraries may order accounts of one class
// differently, so a compiled message is compared by what the other reads in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, require } from './support.mjs';

const web3 = require('@solana/web3.js');

const newKey = (random) => web3.Keypair.fromSeed(random.bytes(32));

function randomInstructions(random, signers) {
  const others = random.list(6, () => new web3.PublicKey(random.bytes(32)), 1);
  return random.list(4, () => new web3.TransactionInstruction({
    programId: new web3.PublicKey(random.bytes(32)),
    keys: random.list(5, () => {
      const signer = random.below(3) === 0;
      return {
        pubkey: signer ? random.pick(signers).publicKey : random.pick(others),
        isSigner: signer,
        isWritable: random.below(2) === 0,
      };
    }),
    data: random.bytes(random.pick([0, 1, 12, 40])),
  }), 1);
}

// An instruction with its accounts spelled out, as the message's header grants them.
function spelled(message) {
  const keys = message.staticAccountKeys;
  return message.compiledInstructions.map((instruction) => ({
    program: keys[instruction.programIdIndex].toBase58(),
    accounts: [...instruction.accountKeyIndexes].map((index) =>
      [keys[index].toBase58(), message.isAccountSigner(index), message.isAccountWritable(index)].join()),
    data: Buffer.from(instruction.data).toString('hex'),
  }));
}

function read(version, base64) {
  const bytes = Buffer.from(base64, 'base64');
  return version === 0 ? web3.MessageV0.deserialize(bytes) : web3.Message.from(bytes);
}

test('messages mean the same, signatures are equal to those of web3.js', async () => {
  await compare(async (random, oracle) => {
    const signers = random.list(3, () => newKey(random), 1);
    const payer = signers[0];
    const version = random.pick(['legacy', 0]);
    const recentBlockhash = new web3.PublicKey(random.bytes(32)).toBase58();
    const instructions = randomInstructions(random, signers);
    const compile = { payerKey: payer.publicKey, recentBlockhash, instructions };
    const theirs = version === 0 ? web3.MessageV0.compile(compile) : web3.Message.compile(compile);
    const used = new Set(theirs.staticAccountKeys.slice(0, theirs.header.numRequiredSignatures).map(String));
    const keys = signers.filter((signer) => used.has(signer.publicKey.toBase58()));

    const asked = {
      version,
      payer: payer.publicKey.toBase58(),
      recent_blockhash: recentBlockhash,
      instructions: instructions.map((instruction) => ({
        program_id: instruction.programId.toBase58(),
        accounts: instruction.keys.map((meta) => ({
          pubkey: meta.pubkey.toBase58(), signer: meta.isSigner, writable: meta.isWritable })),
        data: Buffer.from(instruction.data).toString('hex'),
      })),
    };
    const shown = JSON.stringify(asked);
    const ours = read(version, (await oracle.ask('sol.compile_message', asked)).message_base64);
    assert.deepEqual(ours.header, theirs.header, shown);
    assert.equal(ours.staticAccountKeys[0].toBase58(), payer.publicKey.toBase58(), shown);
    assert.deepEqual(ours.staticAccountKeys.map(String).sort(), theirs.staticAccountKeys.map(String).sort(), shown);
    assert.deepEqual(spelled(ours), spelled(theirs), shown);

    const message = Buffer.from(theirs.serialize()).toString('base64');
    const transaction = new web3.VersionedTransaction(theirs);
    transaction.sign(keys);
    const signed = await oracle.ask('sol.sign_transaction', {
      message_base64: message,
      private_keys: keys.map((key) => Buffer.from(key.secretKey.subarray(0, 32)).toString('hex')),
    });
    assert.equal(signed.transaction_base64, Buffer.from(transaction.serialize()).toString('base64'), shown);
    const decoded = await oracle.ask('sol.decode_transaction', { transaction_base64: signed.transaction_base64 });
    assert.equal(decoded.signatures_valid, true, shown);
    assert.deepEqual(decoded.message.account_keys, theirs.staticAccountKeys.map(String), shown);
  });
});
