/** The sandbox's faults of network and TLS, seen with plain clients. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';

import { startSandbox } from '../sandbox/sandbox.ts';
import { authService, backend, describeFaults, login, sockets, type Symptoms } from '../support/sandbox-cases.ts';

/** What the backend's documents answer. */
function health(symptom: string): Symptoms {
  return { 'backend health': symptom, dependencies: symptom };
}

describeFaults(['network'], {
  backend_unresolved: backend('ENOTFOUND'),
  auth_unresolved: authService('ENOTFOUND'),
  backend_refused: backend('ECONNREFUSED'),
  auth_refused: authService('ECONNREFUSED'),
  backend_queue_full: backend('silence'),
  auth_queue_full: authService('silence'),
  backend_reset_on_accept: backend('ECONNRESET'),
  auth_reset_on_accept: authService('ECONNRESET'),
  backend_closed_on_accept: backend('ECONNRESET'),
  backend_reset_after_request: backend('ECONNRESET'),
  backend_reset_in_head: backend('ECONNRESET'),
  health_reset_in_body: { 'backend health': '200, then ECONNRESET' },
  health_cut_in_body: { 'backend health': '200, then ECONNRESET' },
  backend_black_hole: backend('silence'),
  auth_black_hole: authService('silence'),
  login_hangs: login('silence'),
  login_reset: login('ECONNRESET'),
  login_stalls_in_body: login('200, then silence'),
  rate_ban: { ...authService('429 retry after 600'), ...health('429 retry after 600') },
  backend_500: { ...health('500 "Internal Server Error"'), ...sockets('HTTP 500') },
  own_network_down: {
    ...authService('ECONNREFUSED'),
    ...health('ECONNREFUSED'),
    control: 'ECONNRESET',
  },
});

describeFaults(['tls'], {
  tls_expired: backend('CERT_HAS_EXPIRED'),
  tls_not_yet_valid: backend('CERT_NOT_YET_VALID'),
  tls_self_signed: backend('DEPTH_ZERO_SELF_SIGNED_CERT'),
  tls_other_authority: backend('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  tls_wrong_name: backend('ERR_TLS_CERT_ALTNAME_INVALID'),
  // A certificate that is good for five more days looks like any other to a client.
  tls_expiring: {},
  tls_not_spoken: backend('EPROTO'),
  tls_silent: backend('silence'),
  tls_reset: backend('ECONNRESET'),
  tls_closed: backend('ECONNRESET'),
  tls_refused: backend('EPROTO'),
  tls_outdated: backend('EPROTO'),
  auth_tls_expired: authService('CERT_HAS_EXPIRED'),
  auth_tls_wrong_name: authService('ERR_TLS_CERT_ALTNAME_INVALID'),
});

describe('the packets behind them', () => {
  /** Asks for the backend's health and tells how the connection ends: by a reset, in order, or not at all. */
  async function ending(fault: string): Promise<string> {
    await using sandbox = await startSandbox({ pace: 10 });
    await sandbox.setFaults([fault]);
    const socket = connect(Number(new URL(sandbox.origins.backend).port), '127.0.0.1');
    socket.write('GET /health HTTP/1.1\r\nhost: sandbox\r\n\r\n');
    socket.resume();
    const end = await firstOf(socket);
    socket.destroy();
    return end;
  }

  function firstOf(socket: Socket): Promise<string> {
    return Promise.race([
      once(socket, 'end').then(
        () => 'FIN',
        () => 'RST',
      ),
      new Promise<string>((resolve) => {
        setTimeout(() => resolve(socket.connecting ? 'no SYN-ACK' : 'open'), 500);
      }),
    ]);
  }

  const endings = {
    backend_reset_on_accept: 'RST',
    backend_reset_after_request: 'RST',
    backend_reset_in_head: 'RST',
    health_reset_in_body: 'RST',
    backend_closed_on_accept: 'FIN',
    health_cut_in_body: 'FIN',
    backend_black_hole: 'open',
    backend_queue_full: 'no SYN-ACK',
  };

  for (const [fault, expected] of Object.entries(endings)) {
    it(`${fault} ends with ${expected}`, async () => {
      assert.equal(await ending(fault), expected);
    });
  }

  it('a mended door lets everybody in again', async () => {
    await using sandbox = await startSandbox();
    for (const fault of ['backend_refused', 'backend_queue_full', 'backend_black_hole']) {
      await sandbox.setFaults([fault]);
      await sandbox.clearFaults();
      const response = await fetch(`${sandbox.origins.backend}/health`);
      assert.equal(response.status, 200, fault);
      await response.text();
    }
  });
});
