// The named crash points: where they are (the macro's calls are the list) and what passes them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../integration/support/stack.mjs';

// What passes each point. A scenario of crash.mjs each.
export const SCENARIOS_OF = {
  rest_claimed: ['send'],
  rest_answered: ['send', 'approve'],
  rest_bump_claimed: ['speed_up', 'cancel'],
  rest_bump_answered: ['speed_up', 'cancel'],
  rest_bump_taken: ['speed_up', 'cancel'],
  rest_approved: ['approve'],
  rest_resumed: ['approve'],
  rest_denied: ['deny'],
  after_received: ['send', 'approve'],
  before_authorise: ['send', 'approve'],
  after_authorise: ['send', 'approve', 'deny'],
  after_reserve: ['send', 'approve', 'deny'],
  after_sign: ['send'],
  after_signed: ['send'],
  after_claim: ['send', 'speed_up', 'cancel'],
  after_broadcast: ['send', 'speed_up', 'cancel'],
  after_sent: ['send', 'speed_up', 'cancel'],
  before_track: ['send'],
  after_track: ['send'],
  before_final: ['send', 'cancel'],
  after_final: ['send', 'cancel'],
  after_report: ['send', 'deny'],
  after_renew: ['approve'],
  after_attempt_order: ['speed_up', 'cancel'],
  before_further_sign: ['speed_up', 'cancel'],
  after_further_sign: ['speed_up', 'cancel'],
  after_further_signed: ['speed_up', 'cancel'],
  after_cancel_request: ['stop'],
  after_void: ['stop', 'fill'],
  after_end: ['stop', 'fill'],
  before_fill_sign: ['fill'],
  after_fill_sign: ['fill'],
  after_fill_signed: ['fill'],
  gate_authorised: ['send', 'approve', 'deny', 'speed_up'],
  gate_recorded: ['send', 'speed_up', 'cancel'],
  gate_counted: ['send', 'speed_up', 'cancel'],
  gate_signed: ['send', 'speed_up', 'cancel'],
  gate_stored: ['send', 'speed_up', 'cancel'],
  gate_voided: ['stop', 'fill'],
  gate_outcome: ['send', 'deny'],
  gate_decided: ['approve', 'deny'],
  gate_fill_recorded: ['fill'],
  gate_fill_signed: ['fill'],
  gate_fill_stored: ['fill'],
  before_dead: ['expire'],
  after_dead: ['expire'],
  after_renewed: ['expire'],
};

const EVERYWHERE = ['send', 'approve', 'deny', 'stop'];

// What a chain has: nonces to fill, a mempool that replaces, transactions that die of age.
export const SCENARIOS_OF_CHAIN = {
  ethereum: [...EVERYWHERE, 'speed_up', 'cancel', 'fill'],
  binance: [...EVERYWHERE, 'speed_up', 'cancel', 'fill'],
  bitcoin: [...EVERYWHERE, 'speed_up', 'cancel'],
  zcash: [...EVERYWHERE, 'expire'],
  solana: [...EVERYWHERE, 'expire'],
};

// In which states of an intent, or just after which move, a process dies.
export const POINTS_OF_STATE = {
  RECEIVED: ['after_received', 'before_authorise', 'after_authorise', 'gate_authorised', 'after_cancel_request'],
  AWAIT_HUMAN: ['after_reserve', 'gate_decided', 'rest_approved', 'after_renew', 'rest_denied'],
  AUTHORISED: ['after_reserve'],
  RESERVED: ['after_reserve', 'gate_recorded', 'gate_counted', 'gate_signed', 'gate_stored', 'after_sign', 'after_void', 'gate_voided'],
  SIGNED: ['after_signed', 'rest_answered', 'after_attempt_order'],
  SUBMITTED: ['after_claim', 'after_broadcast', 'after_sent', 'before_track', 'before_further_sign', 'after_further_sign', 'after_further_signed'],
  MINED: ['after_track', 'before_final'],
  FINAL: ['after_final', 'after_report', 'gate_outcome'],
  REVERTED: ['after_final'],
  CANCELLED: ['after_final'],
  CONFLICTED: ['after_final'],
  EXPIRED: ['after_end'],
  REJECTED: ['after_end', 'after_report', 'gate_outcome'],
};

// [{point, service}], in the order of the sources; those of the libraries are the chain's daemon's.
export function listCrashPoints(chain = 'ethereum') {
  const found = execFileSync('git', ['grep', '-noE', '--full-name', 'BASE_CRASH_POINT\\("[a-z_]+"\\)', '--', 'libs/*.cpp', 'services/*.cpp'], {
    cwd: root,
    encoding: 'utf8',
  });
  return found.trim().split('\n').map((line) => ({
    point: /"([a-z_]+)"/.exec(line)[1],
    service: /^services\/([^/]+)\//.exec(line)?.[1] ?? `${chain}-service`,
  }));
}

// The states as the engine names them.
export function listStates() {
  const source = readFileSync(join(root, 'libs/transfer/state.cpp'), 'utf8');
  return [...source.matchAll(/\{State::k\w+, "([A-Z_]+)"\}/g)].map((match) => match[1]);
}
