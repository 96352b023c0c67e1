/**
 * The least of Firestore and Cloud Monitoring that the official clients are content with, on one local port: documents
 * are kept as they come, points are dropped, every call is counted. Nothing is checked: this is no place for tests of
 * behaviour, but where a run of the functions can be rehearsed or timed.
 */
import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';

import { decode, encode } from './protobuf.ts';

export interface LocalGoogle extends AsyncDisposable {
  /** `host:port`, for FIRESTORE_EMULATOR_HOST and CLOUD_MONITORING_EMULATOR_HOST. */
  readonly address: string;
  /** Calls so far, by the name of their method. */
  readonly calls: ReadonlyMap<string, number>;
}

export async function startGoogle(): Promise<LocalGoogle> {
  const documents = new Map<string, Buffer>();
  const calls = new Map<string, number>();
  const server = createServer();
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    calls.set(method, (calls.get(method) ?? 0) + 1);
    stream.on('error', () => stream.destroy());
    void answer(stream, (request) => answerTo(method, request, documents));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session.once('close', () => sessions.delete(session))));
  return {
    address: `127.0.0.1:${port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      sessions.forEach((session) => session.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

/** gRPC over HTTP/2: each message has a byte for compression and four for its length; the status is a trailer. */
async function answer(stream: ServerHttp2Stream, answers: (request: Buffer) => readonly Buffer[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
  }
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  for (const message of answers(Buffer.concat(chunks).subarray(5))) {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.write(Buffer.concat([head, message]));
  }
  stream.end();
}

/** Source of the field numbers: google/firestore/v1/firestore.proto, document.proto, write.proto. */
function answerTo(method: string, request: Buffer, documents: Map<string, Buffer>): readonly Buffer[] {
  const nowMs = Date.now();
  const time = encode([
    [1, Math.floor(nowMs / 1_000)],
    [2, (nowMs % 1_000) * 1_000_000],
  ]);
  if (method === 'BatchGetDocuments') {
    return messages(request, 2).map((name) => {
      const document = documents.get(name.toString());
      return encode([document === undefined ? [2, name] : [1, document], [4, time]]);
    });
  }
  if (method === 'Commit') {
    const written = messages(request, 2).flatMap((write) => messages(write, 1));
    for (const document of written) {
      const times = encode([
        [3, time],
        [4, time],
      ]);
      documents.set(String(messages(document, 1)[0]), Buffer.concat([document, times]));
    }
    return [encode([...written.map(() => [1, encode([[1, time]])] as const), [2, time]])];
  }
  return [Buffer.alloc(0)];
}

function messages(bytes: Buffer, field: number): readonly Buffer[] {
  return decode(bytes).flatMap(([number, value]) => (number === field ? [value] : []));
}
