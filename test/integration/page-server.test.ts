/** The page's server over real HTTP: its files, its answers, its live events, and whom it refuses. */
import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { hourMs } from '../../shared/core/time.ts';
import type { MadeUp } from '../support/made-up-history.ts';
import { madeUpHistory } from '../support/made-up-history.ts';
import { type MadeUpPage, startMadeUpPage } from '../support/made-up-page.ts';
import { staging } from '../support/sample-builders.ts';

const environment = { ...staging, cadenceSeconds: 240 };

let made: MadeUp;
let served: MadeUpPage;
before(async () => {
  made = madeUpHistory({ environment, runs: 2_000, endMs: Date.now(), seed: 3 });
  served = await startMadeUpPage({ environment }, made);
});
after(() => served[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

async function ask(path: string, method = 'GET', headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(`${served.page.url}${path}`, { method, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
  });
  asked.on('error', reject);
  asked.end();
  return promise;
}

async function askJson(path: string): Promise<unknown> {
  const { status, text } = await ask(path);
  assert.equal(status, 200, text.slice(0, 200));
  return JSON.parse(text);
}

function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);
}

describe("the page's files", () => {
  const files = [
    ['/', 'text/html; charset=utf-8', /<script src="\/script\.js" defer>/],
    ['/script.js', 'text/javascript; charset=utf-8', /EventSource/],
    ['/style.css', 'text/css; charset=utf-8', /\.u-legend|uplot/],
    ['/icon.svg', 'image/svg+xml', /<svg/],
  ] as const;
  for (const [path, type, content] of files) {
    it(`has ${path} with a strict policy and without being kept`, async () => {
      const { status, headers, text } = await ask(path);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], type);
      assert.match(text, content);
      assert.match(String(headers['content-security-policy']), /script-src 'self'/);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
    });
  }

  it('has no inline script and nothing from elsewhere', async () => {
    const { text } = await ask('/');
    assert.doesNotMatch(text, /<script(?![^>]*src=)|https?:|\son\w+=|style="/);
  });

  it('has nothing else, whatever way is tried', async () => {
    for (const path of [
      '/package.json',
      '/../package.json',
      '/%2e%2e/package.json',
      '/.git/config',
      '/api',
      '/api/nothing',
    ]) {
      assert.equal((await ask(path)).status, 404, path);
    }
    assert.equal((await ask('/', 'POST')).status, 405);
  });
});

describe("the page's answers", () => {
  it('tell the overview of every step', async () => {
    const overview = await askJson('/api/overview');
    assert.equal(at(overview, 'title'), 'Netra staging');
    assert.equal(at(overview, 'runs'), 2_000);
    assert.equal(at(overview, 'breaks'), null, 'a real target can not be broken');
    const steps = at(overview, 'steps');
    assert.ok(Array.isArray(steps));
    assert.deepEqual(
      steps.map((step: unknown) => at(step, 'step')),
      ['auth', 'health', 'websocket', 'agent'],
    );
    assert.equal(at(steps[0], 'strip', 'length'), 40);
    assert.equal(at(steps[0], 'last', 'trace'), made.records.at(-4)?.outcome.traceId);
  });

  it('tell a step over a stretch of time, with its newest run', async () => {
    const now = Date.now();
    const detail = await askJson(`/api/steps/agent?from=${now - 24 * hourMs}&to=${now}`);
    assert.ok(Number(at(detail, 'chart', 'atMs', 'length')) > 300);
    assert.equal(at(detail, 'last', 'outcome', 'step'), 'agent');
    assert.ok(Number(at(detail, 'lastWithEvents', 'outcome', 'timeline', 'length')) > 0);
    for (const bad of [
      '/api/steps/nothing',
      '/api/steps/agent?from=9&to=3',
      '/api/steps/agent?from=0&to=99999999999',
    ]) {
      assert.equal((await ask(bad)).status, 404, bad);
    }
  });

  it('tell runs in pages, and each with its record', async () => {
    const first = await askJson('/api/runs?step=auth');
    assert.equal(at(first, 'runs', 'length'), 100);
    const second = await askJson(`/api/runs?step=auth&before=${String(at(first, 'next'))}`);
    assert.ok(Number(at(second, 'runs', 0, 'slotMs')) < Number(at(first, 'runs', 99, 'slotMs')));
    const trace = String(at(first, 'runs', 5, 'trace'));
    assert.equal(at(await askJson(`/api/runs/${trace}`), 'outcome', 'traceId'), trace);
    assert.equal((await ask(`/api/runs/${'0'.repeat(32)}`)).status, 404);
  });

  it('change nothing on a real target', async () => {
    assert.equal((await ask('/api/faults')).status, 404);
    assert.equal((await ask('/api/faults/no_subprotocol', 'POST')).status, 404);
    assert.equal((await ask('/api/faults', 'DELETE')).status, 404);
    assert.equal((await ask('/api/overview', 'PUT')).status, 405);
  });
});

describe('whom it refuses', () => {
  const foreign: readonly (readonly [string, string, Readonly<Record<string, string>>, number])[] = [
    ['another host name', 'GET', { host: 'evil.example' }, 421],
    ["another page's script", 'POST', { origin: 'https://evil.example' }, 403],
    ["another page's image", 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  ];
  for (const [who, method, headers, status] of foreign) {
    it(`answers ${status} to ${who}, and says nothing`, async () => {
      for (const path of ['/api/overview', '/api/events', '/api/faults/no_subprotocol', '/']) {
        const answer = await ask(path, method, headers);
        assert.equal(answer.status, status, path);
        assert.doesNotMatch(answer.text, /Netra/);
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
    });
  }
});

describe('live events', () => {
  interface Listening {
    /** Resolves with the data of the next event of this name. */
    next(name: string): Promise<unknown>;
    readonly status: number;
    close(): void;
  }

  async function listen(): Promise<Listening> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = request(`${served.page.url}/api/events`, resolve);
    asked.on('error', reject);
    asked.end();
    const response = await promise;
    response.setEncoding('utf8');
    const waiting: { readonly name: string; readonly resolve: (data: unknown) => void }[] = [];
    let text = '';
    response.on('error', () => undefined);
    response.on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        const place = waiting.findIndex((each) => each.name === name);
        if (place >= 0) {
          waiting.splice(place, 1)[0]?.resolve(JSON.parse(data ?? 'null'));
        }
      }
    });
    return {
      status: response.statusCode ?? 0,
      next: (name) => {
        const { promise: told, resolve: tell } = Promise.withResolvers<unknown>();
        waiting.push({ name, resolve: tell });
        return told;
      },
      close: () => asked.destroy(),
    };
  }

  it('begin with the present and tell of each run', async () => {
    const listening = await listen();
    assert.equal(at(await listening.next('overview'), 'runs'), 2_000);
    const run = listening.next('run');
    const overview = listening.next('overview');
    const [record] = made.records;
    assert.ok(record !== undefined);
    const outcome = { ...record.outcome, traceId: 'f'.repeat(32), slotMs: Date.now() };
    served.page.hear({ kind: 'run', record: { ...record, outcome } });
    assert.equal(at(await run, 'step'), record.outcome.step);
    assert.equal(at(await overview, 'runs'), 2_001);
    listening.close();
  });

  it('go to a bounded number of pages; the others are told to come later', async () => {
    const pages = await Promise.all(Array.from({ length: 24 }, listen));
    const statuses = pages.map(({ status }) => status);
    assert.ok(statuses.filter((status) => status === 200).length <= 20);
    assert.ok(statuses.includes(503));
    pages.forEach((page) => page.close());
  });
});
