/** One small HTTP request to a server on this machine. */
import { request } from 'node:http';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
}

const answerBytesMax = 4_000_000;

/** Rejects when nobody answers in time or the answer is larger than 4 MB. */
export function ask({ method, url, headers = {}, body = '', timeoutMs }: Asked): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const outgoing = request(url, { method, headers, timeout: timeoutMs }, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > answerBytesMax) {
        response.destroy(new Error(`the answer has more than ${answerBytesMax} bytes`));
      }
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
    );
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${timeoutMs} ms`)));
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
