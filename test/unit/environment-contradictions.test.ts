/** What the values of a file say against each other: services, hosts, login and token. One row a rule. */
import { rows } from '../support/environment-rows.ts';

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
    'of a control endpoint may be elsewhere, or on this machine together with the product',
    [
      ['control', { url: 'http://127.0.0.1:9/alive' }],
      ['services.auth.url', 'http://127.0.0.1:8'],
    ],
    [],
  ],
  ["of a control endpoint are nobody's", [['control', { url: 'https://www.example.org/alive' }]], []],
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
    'may sit on the very bounds',
    [
      ['steps.auth.token.lifetimeSecondsMax', 600],
      ['steps.auth.login', { ...selfSigned, lifetimeSeconds: 600 }],
    ],
    [],
  ],
  [
    'may use public keys alone, and leave the signature alone',
    [
      ['steps.auth.token.algorithms', ['ES256']],
      ['steps.auth.token.verification', { kind: 'jwks', path: '/jwks' }],
    ],
    [],
  ],
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
