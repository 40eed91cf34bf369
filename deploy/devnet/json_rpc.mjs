// JSON-RPC 2.0 over HTTP, for the fronts of this folder.
import { createHash, timingSafeEqual } from 'node:crypto';
import http from 'node:http';

// The node's own refusal of a call.
export class RpcError extends Error {
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

const digest = (text) => createHash('sha256').update(text).digest();

// Whether a request has the name and the password; everybody may come where there is none.
function isAllowed(request, login) {
  if (!login) return true;
  const expected = `Basic ${Buffer.from(login).toString('base64')}`;
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(expected));
}

function answer(request, call) {
  const id = request?.id ?? null;
  try {
    return { jsonrpc: '2.0', result: call(request.method, request.params), id };
  } catch (error) {
    if (!(error instanceof RpcError)) console.error(request?.method, error);
    return { jsonrpc: '2.0', error: { code: error.code ?? -32603, message: error.message, ...(error.data ? { data: error.data } : {}) }, id };
  }
}

function answerAll(text, call) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return { jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null };
  }
  return Array.isArray(body) ? body.map((request) => answer(request, call)) : answer(body, call);
}

// call(method, params) answers the result, or throws an RpcError. login: "user:password"; bodyMax in bytes.
// listening(port) is told the port, which the system chooses for 0.
export function serve({ port, host, login, bodyMax, call }, listening) {
  const server = http.createServer((request, response) => {
    const chunks = [];
    let size = 0;
    request.on('data', (chunk) => {
      size += chunk.length;
      if (size > bodyMax) request.destroy();
      chunks.push(chunk);
    });
    request.on('end', () => {
      if (!isAllowed(request, login)) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="jsonrpc"' }).end();
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answerAll(Buffer.concat(chunks), call)));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, host, () => listening(server.address().port));
}
