/** What the values of a file say against each other: documents, socket, agent and policy. One row a rule. */
import { rows } from '../support/environment-rows.ts';

const assertion = 'steps.health.documents.0.assertions';

rows('health documents', [
  ['that are text may do without paths', [['steps.health.documents.0.body', 'text']], []],
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
    'may wait for a handshake that the newest version has',
    [
      ['dialect', { kind: 'netra', version: 'oct2025' }],
      ['steps.websocket.serverHandshake', 'required'],
    ],
    [],
  ],
  ['may wait for a handshake when the version is found out', [['steps.websocket.serverHandshake', 'required']], []],
  [
    'without a token may still refuse a foreign origin, and no bad token',
    [
      ['steps.websocket.carrier', 'none'],
      ['steps.websocket.offer', []],
      ['steps.websocket.origin', 'https://app.demo.example'],
      ['steps.websocket.refusals', ['foreign_origin', 'bad_token']],
    ],
    [
      'error steps.websocket.refusals[1]: `bad_token` cannot be refused where no token is asked for (`carrier: none`); leave it out of `refusals`, which has it when nothing else is said',
    ],
  ],
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
      'error steps.websocket.refusals[0]: `no_token` cannot be refused where no token is asked for (`carrier: none`); leave it out of `refusals`, which has it when nothing else is said',
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

const asking = { type: 'ask', textPath: 'text' };

rows('the agent', [
  [
    'may be told to use tools that have a name',
    [
      [
        'dialect',
        {
          kind: 'generic',
          welcomeType: 'hi',
          question: asking,
          events: { started: 'a', completed: 'b', toolStarted: 'c', toolCompleted: 'd' },
        },
      ],
      ['steps.agent.toolEvents', 'required'],
    ],
    [],
  ],
  [
    'is not told to use tools of which only the beginning has a name',
    [
      [
        'dialect',
        {
          kind: 'generic',
          welcomeType: 'hi',
          question: asking,
          events: { started: 'a', completed: 'b', toolStarted: 'c' },
        },
      ],
      ['steps.agent.toolEvents', 'required'],
    ],
    ['error steps.agent.toolEvents: is `required`, but the dialect does not name `toolStarted` and `toolCompleted`'],
  ],
  ['has bounds of time that fit each other', [['steps.agent.completedMsMax', 1_001]], []],
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
    'may sit on the very bounds',
    [
      ['cadenceSeconds', 120],
      ['policy.slower', { runs: 12, samplesMin: 24 }],
      ['policy.fire', { failures: 3, of: 3 }],
    ],
    [],
  ],
  [
    'have maintenance that lasts',
    [['maintenance', [{ from: '2026-11-24T20:00Z', to: '2026-11-24T20:00Z', expect: 'down', reason: 'move' }]]],
    ['error maintenance[0].to: is not after `from` (2026-11-24T20:00Z)'],
  ],
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
