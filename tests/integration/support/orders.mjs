// The gateway's orders, made and bent by hand: protobuf by number, signed with the stack's own key.
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
export const MODE_EXACT = 1;

function varint(value) {
  const bytes = [];
  for (let left = BigInt(value); ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 127n) | 128);
  }
}

// [[number, text | bytes | bigint | number | nested list]]; what is undefined or empty is left out.
function encode(fields) {
  return Buffer.concat(fields.filter(([, value]) => value !== undefined && value !== '').map(([number, value]) => {
    if (typeof value === 'number' || typeof value === 'bigint') return Buffer.concat([varint(number << 3), varint(value)]);
    const body = Array.isArray(value) ? encode(value) : Buffer.from(value);
    return Buffer.concat([varint((number << 3) | 2), varint(body.length), body]);
  }));
}

const stamp = (ms) => [[1, Math.floor(ms / 1000)], ...(ms % 1000 ? [[2, (ms % 1000) * 1_000_000]] : [])];

export class OrderDesk {
  constructor(stack) {
    const settings = Object.fromEntries(readFileSync(stack.env.PLATFORM_ENV_FILE, 'utf8').split('\n')
      .filter((line) => /^[A-Z]/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    this.deployment = settings.DEPLOYMENT_ID;
    this.key = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.from(settings.ORDER_SIGNING_KEY, 'hex')]), format: 'der', type: 'pkcs8' });
  }

  // A payment. wish: {network, user, wallet, from, to, units, fee_cap}, and what is to be bent.
  payment(wish) {
    const issued = wish.issued ?? Date.now();
    const intent = wish.intent ?? randomUUID();
    const order = encode([
      [1, 'platform.order'], [2, 1], [3, wish.deployment ?? this.deployment], [4, wish.network], [5, intent],
      [7, wish.user], [8, wish.wallet], [9, wish.from],
      [10, [[1, wish.contract], [2, wish.program], [3, wish.decimals ?? 18], [4, wish.symbol]]],
      [11, wish.fee_cap], [14, stamp(issued)], [15, stamp(issued + 600_000)],
      [20, [[1, [[1, wish.to], [2, wish.units]]], [2, MODE_EXACT]]],
    ]);
    return { intent, order, signature: sign(null, order, this.key) };
  }
}

// As a request carries it.
export const wire = ({ order, signature }) => ({ order: order.toString('base64'), signature: signature.toString('base64') });

// The same order with one text in it replaced by another of the same length, under the old signature.
export function bent(order, from, to) {
  const at = order.order.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error(`${from} is not in the order`);
  const bytes = Buffer.from(order.order);
  bytes.write(to, at);
  return { ...order, order: bytes };
}
