/** Healthy ways of logging in, of signing tokens, and of telling about health. */
import { gzipSync } from 'node:zlib';

import { changes, edit, editBody, intercept, token } from '../behaviour.ts';
import {
  all,
  clientCredentialsLogin,
  documents,
  overTls,
  passwordLogin,
  publicKey,
  publishedKeys,
  step,
} from '../faults/environments.ts';
import { objectAt } from '../json.ts';
import { bytes, head, redirect } from '../wire/answers.ts';
import { variantRows } from './row.ts';

const healthyText = '{"status":"healthy","service":"netra-ai-platform","version":"1.0.0"}';

export const httpVariants = variantRows({
  as_usual: { title: 'The product as it is by default.' },
  over_tls: {
    title: 'Everything over TLS, with certificates of a private authority.',
    environment: overTls('auth', 'backend'),
  },
  password_login: {
    title: 'The login takes e-mail address and password, and refuses a wrong one.',
    environment: all(
      passwordLogin,
      step('auth', (settings) => ({ ...settings, refusals: [...settings.refusals, 'wrong_password'] })),
    ),
  },
  client_credentials_login: {
    title: 'The login is an OAuth client credentials grant, which gives no refresh token.',
    environment: clientCredentialsLogin,
  },
  published_keys: {
    title: 'Tokens are signed with RS256 and a published key.',
    change: token({ algorithm: 'RS256' }),
    environment: publishedKeys,
  },
  written_down_key: {
    title: 'Tokens are signed with RS256, and the public key is written down.',
    change: token({ algorithm: 'RS256' }),
    environment: publicKey,
  },
  rotating_keys: {
    title: 'Every login signs with another of three published keys.',
    change: token({ algorithm: 'RS256', rotates: true }),
    environment: publishedKeys,
  },
  secret_not_ours: {
    title: 'The key that signs tokens is not ours to have: claims are checked, the signature is not.',
    environment: step('auth', (settings) => ({
      ...settings,
      token: { ...settings.token, verification: { kind: 'none' } },
      refusals: settings.refusals.filter((refusal) => refusal !== 'expired'),
    })),
  },
  clock_slightly_off: {
    title: "The product's clock is twenty seconds ahead.",
    change: (behaviour) => ({ ...behaviour, clockAheadMs: 20_000 }),
  },
  optional_component_absent: {
    title: 'ClickHouse is not configured here, and the document says so.',
    change: editBody('backend', '/api/health', (body) => {
      const checks = objectAt(body, 'checks');
      return { ...body, checks: { ...checks, clickhouse: { status: 'not_configured', response_time_ms: null } } };
    }),
  },
  further_component: {
    title: 'The dependencies document has a component that the file does not know.',
    change: editBody('backend', '/api/health', (body) => ({
      ...body,
      checks: { ...objectAt(body, 'checks'), vector_store: { status: 'healthy', response_time_ms: 3 } },
    })),
  },
  wrapped_document: {
    title: 'The dependencies document comes inside `detail`.',
    change: edit('backend', '/api/health', ({ body }) => ({ status: 200, body: { detail: body } })),
  },
  health_redirect_allowed: {
    title: 'The health document is behind one redirect, which the file allows.',
    change: intercept('backend', '/health', (exchange, proceed) =>
      exchange.request.url === '/health' ? redirect('/health?here')(exchange, proceed) : proceed(),
    ),
    environment: documents((document) => ({ ...document, redirectsMax: 1 })),
  },
  health_chunked: {
    title: 'The health document comes in chunks.',
    change: intercept(
      'backend',
      '/health',
      bytes(
        head(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }) +
          `8\r\n${healthyText.slice(0, 8)}\r\n${(healthyText.length - 8).toString(16)}\r\n${healthyText.slice(8)}\r\n0\r\n\r\n`,
      ),
    ),
  },
  health_compressed: {
    title: 'The health document comes compressed, although nobody asked for that.',
    change: intercept('backend', '/health', ({ socket }) => {
      const body = gzipSync(healthyText);
      socket.write(head(200, { 'content-encoding': 'gzip', 'content-length': String(body.length) }));
      socket.end(body);
    }),
  },
  health_early_hints: {
    title: 'An interim 103 comes before the health document.',
    change: intercept(
      'backend',
      '/health',
      bytes(
        `HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n` +
          `${head(200, { 'content-type': 'application/json', 'content-length': String(healthyText.length) })}${healthyText}`,
      ),
    ),
  },
  health_plain_text: {
    title: 'The backend answers its health document in plain text, which the file allows.',
    change: edit('backend', '/health', () => ({ status: 200, body: 'OK' })),
    environment: documents((document) => {
      if (document.id !== 'backend') {
        return document;
      }
      const { statusPath: _none, ...rest } = document;
      return { ...rest, body: 'text' };
    }),
  },
  refresh_keeps_token: {
    title: 'The refresh token itself is not renewed.',
    change: changes(editBody('auth', '/auth/refresh', ({ refresh_token: _none, ...rest }) => rest)),
  },
});
