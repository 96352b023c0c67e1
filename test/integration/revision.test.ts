/** The deployed revision, from each of its sources; and that nothing that goes wrong with it is more than no revision. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import type { Endpoint } from '../../shared/core/endpoint.ts';
import type { Service } from '../../shared/core/environment/definition.ts';
import { exchange } from '../../shared/io/http.ts';
import { readRevision } from '../../shared/io/revision.ts';
import { exchangeContext } from '../support/exchange-context.ts';
import { httpServer, type LoopbackServer } from '../support/loopback-server.ts';

type Source = NonNullable<Service['revision']>;

async function read(origin: string, revision: Source, asked: readonly string[] = []): Promise<string | null> {
  const cloudRun = { project: 'p', region: 'r', service: 's' };
  const endpoint: Endpoint = { service: { url: origin, revision, cloudRun }, origin, authorities: null };
  using context = exchangeContext();
  const exchanges = await Promise.all(asked.map((url) => exchange({ url }, context)));
  return await readRevision(endpoint, exchanges, context);
}

/** A server that answers each path with a revision in a header and as JSON. */
function revealing(revisions: Readonly<Record<string, string>>): Promise<LoopbackServer> {
  return httpServer((request, response) => {
    const revision = revisions[request.url ?? ''];
    response.writeHead(revision === undefined ? 404 : 200, revision === undefined ? {} : { 'X-Revision': revision });
    response.end(JSON.stringify({ build: { revision } }));
  });
}

describe('A revision in a header', () => {
  const source = { from: 'header', header: 'X-Revision' } as const;

  it('is that of the newest exchange of the service which has it', async () => {
    await using server = await revealing({ '/a': 'r-1', '/b': 'r-2' });
    await using other = await revealing({ '/a': 'r-9' });
    const asked = [`${server.origin}/a`, `${server.origin}/b`, `${server.origin}/none`, `${other.origin}/a`];
    assert.equal(await read(server.origin, source, asked), 'r-2');
  });

  it('is null when no exchange has it, or it is no revision', async () => {
    await using server = await revealing({
      '/token': 'eyJhbGciOiJIUzI1NiJ9',
      '/text': 'a revision',
      '/long': 'r'.repeat(200),
    });
    assert.equal(await read(server.origin, source, [`${server.origin}/none`]), null);
    for (const path of ['/token', '/text', '/long']) {
      assert.equal(await read(server.origin, source, [`${server.origin}${path}`]), null, path);
    }
  });
});

describe('A revision in a document', () => {
  it('is read at its path', async () => {
    await using server = await revealing({ '/version': 'netra-backend-staging-00412-s5g' });
    const source = { from: 'json', path: '/version', jsonPath: 'build.revision' } as const;
    assert.equal(await read(server.origin, source), 'netra-backend-staging-00412-s5g');
    assert.equal(await read(server.origin, { ...source, jsonPath: 'build.other' }), null);
    assert.equal(await read(server.origin, { ...source, path: '/gone' }), null);
  });

  it('is null when the service is gone', async () => {
    const server = await revealing({});
    await server[Symbol.asyncDispose]();
    assert.equal(await read(server.origin, { from: 'json', path: '/version', jsonPath: 'revision' }), null);
  });
});

describe('A revision of Cloud Run', () => {
  const before = { api: process.env['CLOUD_RUN_API_URL'], metadata: process.env['GCE_METADATA_HOST'] };
  after(() => {
    restore('CLOUD_RUN_API_URL', before.api);
    restore('GCE_METADATA_HOST', before.metadata);
  });

  function restore(name: string, value: string | undefined): void {
    if (value === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = value;
    }
  }

  /** The metadata server and the Admin API in one. */
  function google(answer: { readonly token?: string; readonly status?: number }): Promise<LoopbackServer> {
    return httpServer((request, response) => {
      const { url = '', headers } = request;
      if (
        url === '/computeMetadata/v1/instance/service-accounts/default/token' &&
        headers['metadata-flavor'] === 'Google'
      ) {
        response.end(JSON.stringify({ access_token: answer.token, expires_in: 3_599, token_type: 'Bearer' }));
      } else if (url === '/v2/projects/p/locations/r/services/s' && headers.authorization === 'Bearer ya29.token') {
        response.writeHead(answer.status ?? 200);
        response.end('{"latestReadyRevision":"projects/p/locations/r/services/s/revisions/s-00042-abc"}');
      } else {
        response.writeHead(403).end('{}');
      }
    });
  }

  const cases: readonly (readonly [string, { readonly token?: string; readonly status?: number }, string | null])[] = [
    ['is the newest that is ready', { token: 'ya29.token' }, 's-00042-abc'],
    ['is null without the role', { token: 'ya29.token', status: 403 }, null],
    ['is null with a token that is refused', { token: 'other' }, null],
    ['is null without a token', {}, null],
  ];
  for (const [what, answer, revision] of cases) {
    it(what, async () => {
      await using server = await google(answer);
      process.env['CLOUD_RUN_API_URL'] = server.origin;
      process.env['GCE_METADATA_HOST'] = `127.0.0.1:${server.port}`;
      assert.equal(await read('http://127.0.0.1:9', { from: 'cloud_run' }), revision);
    });
  }
});
