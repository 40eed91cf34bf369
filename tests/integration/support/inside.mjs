// What only somebody inside could do: SQL as the database's owner, gRPC with a daemon's certificate.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './stack.mjs';

const run = promisify(execFile);

// Rows of text; a statement's error is thrown.
export async function sql(stack, statement) {
  const { stdout } = await run('psql', ['-v', 'ON_ERROR_STOP=1', '-XAtqc', statement, stack.status.database_url], { maxBuffer: 1 << 24 });
  return stdout.trimEnd();
}

// With triggers and foreign keys asleep, as only a superuser can.
export const forge = (stack, statement) => sql(stack, `SET session_replication_role = replica; ${statement}`);

// The command line.
export const program = () => join(process.env.PLATFORM_BUILD ?? join(root, 'build/release'), 'bin/cryptoctl');

// One unary call under the name of `caller`. Answers {body} or {code, detail}.
export async function call(stack, caller, peer, method, body) {
  const address = stack.service(peer).grpc;
  try {
    const { stdout } = await run(program(), ['--json', 'grpc', 'call', peer, address, method, JSON.stringify(body)],
      { env: { ...process.env, MTLS_DIR: join(stack.folder, 'certs', caller) } });
    return { body: JSON.parse(stdout) };
  } catch (error) {
    if (!error.stdout) throw error;
    return JSON.parse(error.stdout);
  }
}
