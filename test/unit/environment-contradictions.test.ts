/** What the values of a file say against each other. One row a rule, each with the change that breaks it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Change, lineOf, problemsWith } from '../support/environment-file.ts';

type Row = readonly [says: string, changes: readonly Change[], problems: readonly string[]];

function rows(title: string, table: readonly Row[]): void {
  describe(title, () => {
    for (const [says, changes, problems] of table) {
      it(says, () => {
        assert.deepEqual(problemsWith(...changes).map(lineOf), problems);
      });
    }
  });
}

const selfSigned = { kind: 'self_signed', secret: 'DEMO_JWT_SECRET', subject: 'golden-path' };
const cloudRun = { project: 'demo', region: 'us-central1', service: 'demo-api' };

rows('services', [
  ['may be as the good file has them', [], []],
  [
    'that a step names must be there',
    [['steps.websocket.service', 'bakend']],
    ['error steps.websocket.service: the service `bakend` is not defined, allowed: `auth` or `backend`'],
  ],
  [
    'that a step names by default must be there',
    [['services.auth', undefined]],
    ['error steps.auth.service: the service `auth` is not defined, allowed: `backend`'],
  ],
  [
    'of documents and of the protected resource must be there',
    [
      ['steps.health.documents.0.service', 'x'],
      ['steps.auth.protectedResource.service', 'y'],
    ],
    [
      'error steps.auth.protectedResource.service: the service `y` is not defined, allowed: `auth` or `backend`',
      'error steps.health.documents[0].service: the service `x` is not defined, allowed: `auth` or `backend`',
    ],
  ],
  [
    'that no step names are a warning',
    [['services.frontend', { url: 'https://app.demo.example' }]],
    ['warning services.frontend: no step uses this service'],
  ],
  [
    'whose revision Cloud Run knows must say which service they are',
    [['services.backend.revision', { from: 'cloud_run' }]],
    ['error services.backend.revision.from: is `cloud_run`, but `cloudRun` does not say which service'],
  ],
]);

rows('hosts', [
  [
    'are reached by TLS unless they are this machine',
    [['services.backend.url', 'http://api.demo.example']],
    ['error services.backend.url: `http://` is allowed on this machine only: tokens would travel in clear'],
  ],
  [
    'of this machine may do without TLS',
    [
      ['services.backend.url', 'http://127.0.0.1:8000'],
      ['services.auth.url', 'http://localhost:81'],
    ],
    [],
  ],
  [
    'of one service are not spelled in two ways',
    [
      ['services.backend.url', 'https://api.staging.demo.example'],
      ['links.dashboard', 'https://api-staging.demo.example/d'],
    ],
    [
      'error links.dashboard: `api-staging.demo.example` looks like another spelling of `api.staging.demo.example`; one of them is wrong',
    ],
  ],
  [
    'that are numbers are no spellings of each other',
    [
      ['services.backend.url', 'https://10.0.1.2'],
      ['services.auth.url', 'https://10.0.2.1'],
    ],
    [],
  ],
  [
    'are not reached in two ways',
    [['steps.websocket.origin', 'http://api.demo.example']],
    ['error steps.websocket.origin: `api.demo.example` is reached by `http:` here and by `https:` elsewhere'],
  ],
  [
    'that two services share are a warning',
    [['services.backend.url', 'https://auth.demo.example']],
    ['warning services.backend.url: is where `auth` is; name that service instead'],
  ],
  [
    'of one Cloud Run service are not two',
    [
      ['services.auth.cloudRun', cloudRun],
      ['services.backend.cloudRun', cloudRun],
    ],
    [
      'error services.backend.cloudRun.service: is also behind `auth`, which has another host; a service has one host here',
    ],
  ],
  [
    'of the product are no control endpoint',
    [['control', { url: 'https://api.demo.example/alive' }]],
    ['error control.url: is on the host of `backend`: when that fails, nothing could be told'],
  ],
  [
    'carry no secret in a query',
    [
      ['steps.websocket.path', '/ws?token=abc'],
      ['steps.auth.protectedResource.path', '/me?page=1&api_key=x'],
    ],
    [
      'error steps.auth.protectedResource.path: carries `api_key` in its query, where load balancers log it; secrets go into secrets',
      'error steps.websocket.path: carries `token` in its query, where load balancers log it; secrets go into secrets',
    ],
  ],
]);

rows('login and token', [
  [
    '`expired` needs a key that signs',
    [
      ['steps.auth.refusals', ['expired']],
      ['steps.auth.token.verification', { kind: 'none' }],
    ],
    [
      'error steps.auth.refusals[0]: `expired` needs a key that signs, `verification` by `shared_secret`; it is by `none`',
    ],
  ],
  [
    '`wrong_password` and refreshing need a real login',
    [
      ['steps.auth.login', selfSigned],
      ['steps.auth.refusals', ['no_token', 'wrong_password']],
      ['steps.auth.refresh', {}],
    ],
    [
      'error steps.auth.refusals[1]: a `self_signed` login has no credential that could be wrong',
      'error steps.auth.refresh: a `self_signed` login gives no refresh token',
    ],
  ],
  [
    'a product that lets everyone in would pass without refusals',
    [['steps.auth.refusals', []]],
    ['warning steps.auth.refusals: nothing must be refused: a product that lets everyone in passes'],
  ],
  [
    'no refusal stands twice',
    [['steps.auth.refusals', ['no_token', 'no_token']]],
    ['error steps.auth.refusals[1]: `no_token` is in the list before; each only once'],
  ],
  [
    'shared secrets and public keys are not allowed together',
    [['steps.auth.token.algorithms', ['HS256', 'RS256']]],
    [
      'error steps.auth.token.algorithms: has `HS256` besides `RS256`: a public key could pass for a shared secret, allowed: one sort',
    ],
  ],
  [
    'a public key verifies no shared secret',
    [
      ['steps.auth.token.algorithms', ['HS256']],
      ['steps.auth.token.verification', { kind: 'jwks', path: '/jwks' }],
    ],
    [
      'error steps.auth.token.algorithms: `HS256` cannot be verified by `jwks`, allowed: RS, PS, ES or EdDSA algorithms',
    ],
  ],
  [
    'a shared secret verifies no public key',
    [['steps.auth.token.algorithms', ['ES256']]],
    ['error steps.auth.token.algorithms: `ES256` cannot be verified by `shared_secret`, allowed: HS algorithms'],
  ],
  [
    'a life has a shortest time that is not its longest',
    [['steps.auth.token.lifetimeSecondsMax', 300]],
    ['error steps.auth.token.lifetimeSecondsMin: is 600, more than `lifetimeSecondsMax` (300)'],
  ],
  [
    'a self-signed token is one that would be taken',
    [['steps.auth.login', { ...selfSigned, secret: 'OTHER_SECRET', algorithm: 'HS512', lifetimeSeconds: 60 }]],
    [
      'error steps.auth.login.secret: is another secret than the one that `token.verification` checks with',
      'error steps.auth.login.algorithm: is `HS512`, allowed by `token`: `HS256`',
      'error steps.auth.login.lifetimeSeconds: is 60, allowed by `token`: 600 to 86400',
    ],
  ],
]);

const assertion = 'steps.health.documents.0.assertions';

rows('health documents', [
  [
    'have ids of their own',
    [['steps.health.documents.1', { id: 'backend', service: 'auth' }]],
    ['error steps.health.documents[1].id: `backend` is the id of an earlier document; each only once'],
  ],
  [
    'are not asked for twice',
    [['steps.health.documents.1', { id: 'again', service: 'backend' }]],
    ['warning steps.health.documents[1].path: is the document `backend` once more'],
  ],
  [
    'have assertions that say something',
    [[assertion, [{ path: 'a' }]]],
    [
      'error steps.health.documents[0].assertions[0]: says nothing, allowed: exactly one of `equals`, `oneOf`, `exists`, `atLeast` or `atMost`',
    ],
  ],
  [
    'have assertions that say one thing',
    [[assertion, [{ path: 'a', equals: 1, atMost: 3 }]]],
    [
      'error steps.health.documents[0].assertions[0]: says `equals` and `atMost`, allowed: exactly one of `equals`, `oneOf`, `exists`, `atLeast` or `atMost`',
    ],
  ],
  ['may assert that something is false', [[assertion, [{ path: 'a', equals: false }]]], []],
  [
    'that are text have no JSON to look into',
    [
      ['steps.health.documents.0.body', 'text'],
      ['steps.health.documents.0.statusPath', 'status'],
      [assertion, [{ path: 'a', exists: true }]],
    ],
    [
      'error steps.health.documents[0].body: is `text`, in which `statusPath` and `assertions` cannot look, allowed: `json` or `any`',
    ],
  ],
]);

rows('the socket', [
  [
    'needs a login for its token',
    [
      ['steps.auth', undefined],
      ['services.auth', undefined],
      ['steps.agent', undefined],
    ],
    ['error steps.websocket: comes in with a token: it needs `steps.auth`, or `carrier: none`'],
  ],
  [
    'accepts only what it offers',
    [['steps.websocket.accept', ['jwt-auth', 'jwt']]],
    ['error steps.websocket.accept[1]: `jwt` is not offered, allowed: `jwt-auth` or `jwt.{token_base64url}`'],
  ],
  [
    'accepts nothing when nothing is offered',
    [
      ['steps.websocket.offer', []],
      ['steps.websocket.accept', ['jwt']],
      ['steps.websocket.carrier', 'authorization'],
    ],
    ['error steps.websocket.accept[0]: `jwt` is not offered, allowed: nothing, for nothing is offered'],
  ],
  [
    'offers nothing twice',
    [['steps.websocket.offer', ['jwt.{token}', 'jwt.{token}']]],
    ['error steps.websocket.offer[1]: `jwt.{token}` is in the list before; each only once'],
  ],
  [
    'carries the token where it says',
    [['steps.websocket.offer', ['jwt-auth']]],
    ['error steps.websocket.offer: needs an entry with `{token}` or `{token_base64url}` for `carrier: subprotocol`'],
  ],
  [
    'carries no token where it says so',
    [
      ['steps.websocket.carrier', 'none'],
      ['steps.websocket.refusals', []],
    ],
    ['error steps.websocket.carrier: is `none`, but the offer carries the token all the same'],
  ],
  [
    'without a token has none to carry and none to refuse',
    [
      ['steps.websocket.carrier', 'none'],
      ['steps.websocket.offer', []],
      ['steps.websocket.checkAuthorizationCarrier', true],
      ['steps.websocket.refusals', ['no_token']],
    ],
    [
      'error steps.websocket.checkAuthorizationCarrier: has no token to carry: `carrier` is `none`',
      'error steps.websocket.refusals[0]: `no_token` cannot be refused where no token is asked for (`carrier: none`)',
    ],
  ],
  [
    'refuses a foreign origin only when there is a right one',
    [['steps.websocket.refusals', ['foreign_origin']]],
    ['error steps.websocket.refusals[0]: `foreign_origin` needs the `origin` that is right'],
  ],
  [
    'takes no origin of the product for a foreign one',
    [
      ['steps.websocket.refusals', ['foreign_origin']],
      ['steps.websocket.origin', 'https://app.demo.example'],
      ['steps.websocket.foreignOrigin', 'https://auth.demo.example'],
    ],
    ['error steps.websocket.foreignOrigin: `https://auth.demo.example` belongs to the product: it is not foreign'],
  ],
  [
    'waits for a greeting that has a name',
    [
      [
        'dialect',
        { kind: 'generic', question: { type: 'ask', textPath: 'text' }, events: { started: 'a', completed: 'b' } },
      ],
      ['steps.websocket.serverHandshake', 'required'],
    ],
    [
      'error steps.websocket.welcome: is `required`, but the dialect names no `welcomeType`',
      'error steps.websocket.serverHandshake: is `required`, but this dialect has no handshake',
    ],
  ],
  [
    'waits for a handshake that its version has',
    [
      ['dialect', { kind: 'netra', version: 'b14' }],
      ['steps.websocket.serverHandshake', 'required'],
    ],
    ['error steps.websocket.serverHandshake: is `required`, but this dialect has no handshake'],
  ],
  [
    'sends no header that opens a bypass, shows a secret, is its own or stands twice',
    [
      [
        'steps.websocket.headers',
        {
          'X-E2E-Run': '1',
          'X-Latest': '1',
          Authorization: 'x',
          'X-Api-Key': 'x',
          Origin: 'x',
          'Sec-WebSocket-Key': 'x',
          'X-Who': 'a',
          'x-who': 'b',
        },
      ],
    ],
    [
      'error steps.websocket.headers.X-E2E-Run: names with `test` or `e2e` switch the product into a bypass: the probe would test that',
      'error steps.websocket.headers.X-Latest: names with `test` or `e2e` switch the product into a bypass: the probe would test that',
      'error steps.websocket.headers.Authorization: secrets do not go into headers of the file: the token travels by `carrier`',
      'error steps.websocket.headers.X-Api-Key: secrets do not go into headers of the file: the token travels by `carrier`',
      'error steps.websocket.headers.Origin: the handshake sets this header itself',
      'error steps.websocket.headers.Sec-WebSocket-Key: the handshake sets this header itself',
      'error steps.websocket.headers.x-who: is in the list before in other letters; header names know no case',
    ],
  ],
]);

rows('the agent', [
  [
    'speaks over a socket',
    [['steps.websocket', undefined]],
    ['error steps.agent: speaks over the socket: it needs `steps.websocket`'],
  ],
  [
    'has runs that are neither slow nor faked',
    [['steps.agent.completedMsMax', 1_000]],
    ['error steps.agent.completedMsMax: is 1000, and `fakedRunMsMax` is 1000: every run would be slow or faked'],
  ],
  [
    'must use tools only when these have a name',
    [
      [
        'dialect',
        {
          kind: 'generic',
          welcomeType: 'hi',
          question: { type: 'ask', textPath: 'text' },
          events: { started: 'a', completed: 'b' },
        },
      ],
      ['steps.agent.toolEvents', 'required'],
    ],
    ['error steps.agent.toolEvents: is `required`, but the dialect does not name `toolStarted` and `toolCompleted`'],
  ],
]);

rows('policy, regions and maintenance', [
  [
    'watch at least one step',
    [
      ['steps', {}],
      ['services.auth', undefined],
    ],
    ['warning services.backend: no step uses this service', 'error steps: no step is watched, allowed: at least one'],
  ],
  [
    'say nothing of steps that are not watched',
    [
      ['steps.agent', undefined],
      ['impact.agent', 'none'],
      ['policy.steps.agent', { recoverPasses: 3 }],
    ],
    [
      'warning impact.agent: is about a step that is not watched',
      'warning policy.steps.agent: is about a step that is not watched',
    ],
  ],
  [
    'have deadlines within the cadence',
    [['cadenceSeconds', 60]],
    ['error steps.agent.deadlineSeconds: is 120, longer than the cadence (60): runs would overlap'],
  ],
  [
    'count no more failures than a window has runs',
    [
      ['policy.fire', { failures: 4, of: 3 }],
      ['policy.steps.auth.degrade', { failures: 2, of: 1 }],
    ],
    [
      'error policy.fire.failures: is 4, more than the window has runs (3)',
      'error policy.steps.auth.degrade.failures: is 2, more than the window has runs (1)',
    ],
  ],
  [
    'compare with enough history',
    [['policy.slower', { runs: 12, samplesMin: 20 }]],
    ['error policy.slower.samplesMin: is 20, too little history to compare 12 runs with, allowed: at least 24'],
  ],
  [
    'ask for no more regions than there are, and for each once',
    [
      ['regions', ['a', 'b', 'a']],
      ['policy.regionQuorum', 4],
    ],
    [
      'error regions[2]: `a` is in the list before; each only once',
      'error policy.regionQuorum: is 4, more than there are regions (3)',
    ],
  ],
  [
    'end maintenance after it began, for steps that are watched',
    [
      ['steps.agent', undefined],
      [
        'maintenance',
        [
          { from: '2026-11-24T20:00Z', to: '2026-11-24T21:00+02:00', expect: 'down', reason: 'move' },
          { from: '2026-11-24T20:00Z', to: '2026-11-24T22:00Z', expect: 'down', reason: 'move', steps: [] },
          {
            from: '2026-11-24T20:00Z',
            to: '2026-11-24T22:00Z',
            expect: 'down',
            reason: 'move',
            steps: ['auth', 'agent', 'auth'],
          },
        ],
      ],
    ],
    [
      'error maintenance[0].to: is not after `from` (2026-11-24T20:00Z)',
      'error maintenance[1].steps: names no step; leave it out to mean all',
      'warning maintenance[2].steps[1]: `agent` is not watched',
      'error maintenance[2].steps[2]: `auth` is in the list before; each only once',
    ],
  ],
]);
