/** Answers with flipped, lost and doubled bytes, on real sockets: every exchange ends, known for what it is, and closed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { exchange } from '../../shared/io/http.ts';
import { exchangeContext } from '../support/exchange-context.ts';
import { fuzzed, fuzzName } from '../support/fuzz.ts';
import { tcpServer } from '../support/loopback-server.ts';
import { byteEdits, edited } from '../support/mutate.ts';

const answers = [
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{"status":"healthy"}',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n',
  'HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 5\r\n\r\nBusy',
  'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\b\u0000',
];

const answer = fc
  .tuple(fc.constantFrom(...answers), byteEdits(4))
  .map(([text, edits]) => edited(Buffer.from(text, 'latin1'), edits));

describe(fuzzName('An exchange with a peer that garbles its answers'), () => {
  it('ends with an answer or a known reason, and with its socket closed', async () => {
    let next: Uint8Array = Buffer.alloc(0);
    await using server = await tcpServer((socket) => {
      socket.once('data', () => socket.end(next));
    });
    await fc.assert(
      fc.asyncProperty(answer, async (bytes) => {
        next = bytes;
        using context = exchangeContext();
        const { response, failure } = await exchange({ url: `${server.origin}/`, timeoutMs: 2_000 }, context);
        assert.ok(response !== null || failure !== null);
        assert.notEqual(failure?.reason, 'unclassified', failure?.detail);
        assert.notEqual(failure?.reason, 'config_invalid', failure?.detail);
        await server.quiet();
      }),
      fuzzed(400),
    );
  });
});
