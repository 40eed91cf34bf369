// k6 run tests/load/api-gateway.js
// Signs in once a virtual user and reads through the gateway; thresholds make the verdict.
// BASE_URL (http://localhost:8000), VUS (10) and DURATION (30s) come from the environment. The user's read limit must
// allow the load: RATE_LIMIT_READ_PER_MINUTE, RATE_LIMIT_AUTH_PER_MINUTE. With SMOKE set no time is judged.
import http from 'k6/http';
import { check } from 'k6';

const BASE = __ENV.BASE_URL || 'http://localhost:8000';
const JSON_HEADERS = { 'Content-Type': 'application/json' };

const TIMES = {
  'http_req_duration{name:validate}': ['p(95)<50'],
  'http_req_duration{name:balances}': ['p(95)<500'],
};

export const options = {
  insecureSkipTLSVerify: true,
  scenarios: {
    reads: { executor: 'constant-vus', vus: Number(__ENV.VUS || 10), duration: __ENV.DURATION || '30s' },
  },
  thresholds: {
    http_req_failed: ['rate<0.001'],
    checks: ['rate>0.999'],
    ...(__ENV.SMOKE ? {} : TIMES),
  },
};

export function setup() {
  const email = `load-${Date.now()}@example.com`;
  const body = JSON.stringify({ email, password: 'Load-Test-Password-1' });
  const answer = http.post(`${BASE}/auth/register`, body, { headers: JSON_HEADERS });
  check(answer, { registered: (response) => response.status === 201 });
  return { token: answer.json('token') };
}

export default function ({ token }) {
  const headers = { Authorization: `Bearer ${token}` };
  const address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
  const validate = http.get(`${BASE}/api/v1/ethereum/address/validate?address=${address}`, {
    headers,
    tags: { name: 'validate' },
  });
  check(validate, { valid: (response) => response.status === 200 && response.json('valid') === true });
  if (__ITER % 50 === 0) {
    const balances = http.get(`${BASE}/api/v1/wallet/balances`, { headers, tags: { name: 'balances' } });
    check(balances, { balances: (response) => response.status === 200 && response.json('ethereum.currency') === 'ETH' });
  }
}
