/** The page's web server on 127.0.0.1: its own files, the API and the live events. Refuses everyone else's pages. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { answerApi, type PageSource } from './api.ts';
import type { Assets } from './assets.ts';
import { refusalOf, securityHeaders } from './guard.ts';
import { eventText, type LiveEvents } from './live-events.ts';

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface PageServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly assets: Assets;
  readonly source: PageSource;
  readonly events: LiveEvents;
}

/** Rejects when the port is taken. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const server = createServer((request, response) => {
    serve(request, response, { ...options, port: portOf(server) }).catch((error: unknown) => {
      // What went wrong inside is for the terminal's log, not for whoever asked.
      sendJson(response, 500, { error: error instanceof Error ? error.name : 'unknown' });
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    close: async () => {
      options.events.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return address.port;
}

async function serve(request: IncomingMessage, response: ServerResponse, options: PageServerOptions): Promise<void> {
  const { method = 'GET', headers } = request;
  for (const [name, value] of Object.entries(securityHeaders)) {
    response.setHeader(name, value);
  }
  // No request has a body that matters; what comes is not kept.
  request.resume();
  const refusal = refusalOf(method, headers, options.port);
  if (refusal !== null) {
    sendJson(response, refusal.status, { error: refusal.sentence });
    return;
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first, ...path] = url.pathname.split('/');
  if (first === 'api' && path[0] === 'events') {
    joinEvents(response, options);
  } else if (first === 'api') {
    const { status, body } = await answerApi(
      { method, path, query: url.searchParams, nowMs: Date.now() },
      options.source,
    );
    sendJson(response, status, body);
  } else {
    sendFile(response, method, fileOf(url.pathname, options.assets));
  }
}

/** The present comes first, so that a page that comes back is at once up to date. */
function joinEvents(response: ServerResponse, { events, source }: PageServerOptions): void {
  if (events.join(response)) {
    response.write(eventText('overview', source.overview()));
  } else {
    sendJson(response, 503, { error: 'Too many pages are open; close one.' });
  }
}

interface File {
  readonly type: string;
  readonly text: string;
}

function fileOf(path: string, { html, script, style, icon }: Assets): File | null {
  switch (path) {
    case '/':
      return { type: 'text/html; charset=utf-8', text: html };
    case '/script.js':
      return { type: 'text/javascript; charset=utf-8', text: script };
    case '/style.css':
      return { type: 'text/css; charset=utf-8', text: style };
    case '/icon.svg':
      return { type: 'image/svg+xml', text: icon };
    default:
      return null;
  }
}

function sendFile(response: ServerResponse, method: string, file: File | null): void {
  if (file === null) {
    sendJson(response, 404, { error: 'there is nothing here' });
  } else if (method !== 'GET' && method !== 'HEAD') {
    sendJson(response, 405, { error: 'there are GET and HEAD' });
  } else {
    response.writeHead(200, { 'content-type': file.type }).end(file.text);
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
