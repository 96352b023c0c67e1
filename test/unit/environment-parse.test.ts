/** What the parser says of files that are wrong: where, what was found, what is allowed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { problemsMax, problemText } from '../../shared/core/environment/finding.ts';
import { parseEnvironment } from '../../shared/core/environment/parse.ts';
import { sourceDepthMax, sourceLengthMax } from '../../shared/core/environment/source.ts';
import { type Change, lineOf, problemsWith } from '../support/environment-file.ts';

/** The problems of a text, as `line:column path: message`. */
function told(text: string): readonly string[] {
  const parsed = parseEnvironment(text, 'demo.yaml');
  assert.ok(!parsed.ok, 'the text should have problems');
  return parsed.problems.map(
    ({ line, column, path, message }) => `${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
  );
}

/** A good file with one line more or another one, to see where problems are placed. */
const lines = [
  'name: demo',
  'title: Demo',
  'services:',
  '  auth: { url: https://auth.demo.example }',
  'steps:',
  '  auth:',
  '    login:',
  '      kind: password',
  '      email: golden-path@demo.example',
  '      passwordSecret: DEMO_PASSWORD',
  '    token:',
  '      verification: { kind: none }',
  '      requiredClaims: [sub]',
  '    protectedResource: {}',
  '',
];

function fileText(line: number, replacement: string): string {
  return lines.with(line - 1, replacement).join('\n');
}

describe('a good environment file', () => {
  it('becomes an environment with its defaults', () => {
    const parsed = parseEnvironment(lines.join('\n'), 'demo.yaml');
    assert.ok(parsed.ok);
    assert.equal(parsed.environment.cadenceSeconds, 300);
    assert.equal(parsed.environment.steps.auth?.protectedResource.path, '/auth/me');
    assert.deepEqual(parsed.environment.policy.fire, { failures: 2, of: 3 });
  });

  for (const name of ['netra-staging', 'sandbox']) {
    it(`is shipped as ${name}.yaml, without an error and without a warning`, () => {
      const path = `infra/environments/${name}.yaml`;
      const parsed = parseEnvironment(readFileSync(path, 'utf8'), path);
      assert.deepEqual(parsed.ok ? parsed.warnings : parsed.problems, []);
      assert.ok(parsed.ok);
      assert.equal(parsed.environment.name, name);
    });
  }
});

describe('a wrong value', () => {
  const table: readonly [says: string, change: Change, problem: string][] = [
    [
      'is told with what was found and what is allowed',
      ['cadenceSeconds', 4],
      'cadenceSeconds: found the number 4, allowed: a whole number from 5 to 3600',
    ],
    [
      'of another type is told by its type',
      ['cadenceSeconds', 'often'],
      'cadenceSeconds: found "often", allowed: a whole number from 5 to 3600',
    ],
    [
      'that is a fraction is told once',
      ['cadenceSeconds', 7.5],
      'cadenceSeconds: found the number 7.5, allowed: a whole number from 5 to 3600',
    ],
    [
      'that is nothing is told as that',
      ['title', null],
      'title: found nothing, allowed: a text that is not empty, at most 300 characters',
    ],
    ['that is empty is told as that', ['title', ''], 'title: found an empty text, allowed: a text that is not empty'],
    [
      'of a choice is told with all choices',
      ['steps.websocket.carrier', 'cookie'],
      'steps.websocket.carrier: found "cookie", allowed: `subprotocol`, `authorization`, `both` or `none`',
    ],
    [
      'that YAML 1.1 would have taken for a boolean is told as a text',
      ['steps.agent.keepAnswerText', 'yes'],
      'steps.agent.keepAnswerText: found "yes", allowed: `true` or `false`',
    ],
    [
      'in a list is told with its place in the list',
      ['steps.auth.refusals', ['no_token', 'exprired']],
      'steps.auth.refusals[1]: found "exprired", allowed: `no_token`, `tampered`, `alg_none`, `expired`, `wrong_key` or `wrong_password`',
    ],
    [
      'of a kind that does not exist is told with the kinds, and nothing else',
      ['steps.auth.login', { kind: 'magic_link', email: 1, whatever: true }],
      'steps.auth.login.kind: found "magic_link", allowed: `synthetic_user`, `password`, `client_credentials` or `self_signed`',
    ],
    [
      'without a kind is told with the kinds',
      ['steps.auth.login', { email: 'a@b.example' }],
      'steps.auth.login.kind: is missing, allowed: `synthetic_user`, `password`, `client_credentials` or `self_signed`',
    ],
    [
      'that is a list where keys should be is told as a list',
      ['steps.auth', []],
      'steps.auth: found a list of 0, allowed: an object with `service`, `deadlineSeconds`, `login`, `token`, `protectedResource`, `refresh`, `refusals` and `loginMsMax`',
    ],
    [
      'that is a list where names should be is told as a list',
      ['services', [1]],
      'services: found a list of 1, allowed: an object',
    ],
    [
      'that is a list where a kind should be is told as a list',
      ['dialect', [{}]],
      'dialect: found a list of 1, allowed: an object with `kind`: `netra` or `generic`',
    ],
    [
      'that is an object where a list should be is told as an object',
      ['regions', {}],
      'regions: found an object, allowed: a list, at least one region, at most 20 regions',
    ],
    [
      'that is a list without entries is told',
      ['regions', []],
      'regions: found a list of 0, allowed: at least one region',
    ],
    [
      'that is an address without its scheme is told',
      ['services.auth.url', 'auth.demo.example'],
      'services.auth.url: found "auth.demo.example", allowed: `http://` or `https://` with host and port and nothing behind, such as https://api.example.com',
    ],
    [
      'that is an address with a port that cannot exist is told',
      ['services.auth.url', 'https://auth.demo.example:99999'],
      'services.auth.url: found "https://auth.demo.example:99999", allowed: an address with a host and a port that can exist',
    ],
    [
      'that is a day which does not exist is told',
      ['maintenance', [{ from: '2026-02-30T00:00Z', to: '2026-03-02T00:00Z', expect: 'down', reason: 'move' }]],
      'maintenance[0].from: found "2026-02-30T00:00Z", allowed: a time that exists in the calendar',
    ],
    [
      'that is a name with capitals is told at the name',
      ['services.Auth', { url: 'https://auth2.demo.example' }],
      'services.Auth: this name is not allowed; allowed: lower-case letters, digits and inner hyphens, at most 40 characters, starting with a letter',
    ],
    [
      'that is a name which JavaScript keeps for itself is told',
      ['services.constructor', { url: 'https://auth2.demo.example' }],
      'services.constructor: this name is reserved; allowed: any other',
    ],
  ];
  for (const [says, change, problem] of table) {
    it(says, () => {
      assert.deepEqual(problemsWith(change).map(lineOf), [`error ${problem}`]);
    });
  }
});

describe('a key', () => {
  it('that is missing is told at what it is missing in', () => {
    assert.deepEqual(told(fileText(9, '')), [
      '7:5 steps.auth.login.email: is missing, allowed: a text that is not empty, at most 300 characters',
    ]);
  });

  it('that is missing at the top is told at the beginning', () => {
    assert.deepEqual(told(fileText(1, '')), [
      '2:1 name: is missing, allowed: lower-case letters, digits and inner hyphens, at most 40 characters, starting with a letter',
    ]);
  });

  it('with a slip of the hand is told with the key that was meant', () => {
    assert.deepEqual(told(fileText(10, '      paswordSecret: DEMO_PASSWORD')), [
      '7:5 steps.auth.login.passwordSecret: is missing, allowed: the name of an environment variable: capitals, digits and `_`, not the secret itself',
      '10:7 steps.auth.login.paswordSecret: is not known here; did you mean `passwordSecret`?',
    ]);
  });

  it('that nobody knows is told with the keys that there are', () => {
    assert.deepEqual(told(fileText(14, '    protectedResource: { colour: red }')), [
      '14:26 steps.auth.protectedResource.colour: is not known here; allowed: `service`, `path` and `subjectPath`',
    ]);
  });

  it('that is unknown does not hide the other unknown ones', () => {
    const problems = problemsWith(
      ['x', 1],
      ['steps.y', 2],
      ['steps.auth.login.z', 3],
      ['steps.health.documents.0.q', 4],
    );
    assert.deepEqual(problems.map(({ path }) => path).toSorted(), [
      'steps.auth.login.z',
      'steps.health.documents[0].q',
      'steps.y',
      'x',
    ]);
  });

  it('that is an own property of every object is unknown like any other', () => {
    assert.deepEqual(told(fileText(15, '__proto__: {}')), [
      '15:1 __proto__: is not known here; allowed: `name`, `title`, `services`, `control`, `cadenceSeconds`, `regions`, `dialect`, `steps`, `impact`, `policy`, `slack`, `links`, `limits` and `maintenance`',
    ]);
  });
});

describe('places', () => {
  it('are those of the key when the value has keys itself', () => {
    const text = fileText(4, '  auth: { url: https://auth.demo.example }\n  unused:\n    url: https://x.demo.example');
    const parsed = parseEnvironment(text, 'demo.yaml');
    assert.ok(parsed.ok);
    assert.deepEqual(
      parsed.warnings.map(({ line, column, path }) => [line, column, path]),
      [[5, 3, 'services.unused']],
    );
  });

  it('are those of the value also when that is nothing', () => {
    assert.deepEqual(told(fileText(2, 'title: ~')), [
      '2:8 title: found nothing, allowed: a text that is not empty, at most 300 characters',
    ]);
  });

  it('of very many problems are told up to a bound, with the number of those left out', () => {
    const regions = Array.from({ length: problemsMax + 5 }, () => 0);
    const problems = problemsWith(['regions', regions]);
    assert.equal(problems.length, problemsMax + 1);
    assert.equal(problems.at(-1)?.message, 'and 5 more problems');
  });

  it('are those of the value', () => {
    assert.deepEqual(told(fileText(13, '      requiredClaims: [sub, 5]')), [
      '13:29 steps.auth.token.requiredClaims[1]: found the number 5, allowed: a text that is not empty, at most 300 characters',
    ]);
  });

  it('of several problems are told in the order of the text', () => {
    const text = lines
      .with(0, 'name: Demo')
      .with(7, '      kind: letter')
      .with(12, '      requiredClaims: no')
      .join('\n');
    assert.deepEqual(
      told(text).map((line) => line.split(' ')[0]),
      ['1:7', '8:13', '13:23'],
    );
  });

  it('come first when a problem is printed', () => {
    const [problem] = problemsWith(['cadenceSeconds', 1]);
    assert.ok(problem);
    assert.match(problemText(problem), /^demo\.yaml:\d+:\d+: error: cadenceSeconds: found the number 1, allowed: /);
  });
});

describe('a text that is not the YAML of an environment', () => {
  const table: readonly [says: string, text: string, problems: readonly string[]][] = [
    ['is empty', '', ['1:1 the file is empty']],
    ['has only comments', '# nothing\n', ['1:1 the file is empty']],
    [
      'is a word',
      'hello',
      [
        '1:1 found "hello", allowed: an object with `name`, `title`, `services`, `control`, `cadenceSeconds`, `regions`, `dialect`, `steps`, `impact`, `policy`, `slack`, `links`, `limits` and `maintenance`',
      ],
    ],
    ['is nothing', '~', ['1:1 the file is empty']],
    ['has a key twice', fileText(2, 'name: again'), ['2:1 this key has been given before; each key only once']],
    [
      'has a second document',
      `${lines.join('\n')}---\nname: b\n`,
      ['15:1 a second document begins here; allowed: one document a file'],
    ],
    [
      'is indented by a tab',
      fileText(12, '\tverification: { kind: none }'),
      ['12:1 a tab indents this line; indent with blanks'],
    ],
    [
      'has an anchor',
      fileText(2, 'title: &t Demo'),
      ['2:11 anchors are not allowed; write the value out where it is needed'],
    ],
    [
      'has an alias',
      `${fileText(2, 'title: &t Demo')}impact: { auth: *t }`,
      [
        '2:11 anchors are not allowed; write the value out where it is needed',
        '15:17 aliases are not allowed; write the value out where it is needed',
      ],
    ],
    ['has a merge key', fileText(2, '<<: { title: Demo }'), ['2:1 merge keys are not allowed; write the keys out']],
    [
      'has a tag',
      fileText(2, 'title: !!str Demo'),
      ['2:14 tags such as `!!str` are not allowed; quote a text instead'],
    ],
    [
      'has a key without a value in braces',
      fileText(14, '    protectedResource: { path }'),
      [
        '14:26 steps.auth.protectedResource.path: found nothing, allowed: a path that starts with one `/`, without host and fragment',
      ],
    ],
    [
      'has a directive',
      `%YAML 1.1\n---\n${lines.join('\n')}`,
      ['1:1 directives are not allowed: the file is YAML 1.2'],
    ],
    ['has a key that is no text', fileText(2, '? [a]\n: b'), ['2:3 a key must be a text']],
    [
      'lacks a quote',
      fileText(2, 'title: "Demo'),
      ['15:1 a quote, a bracket, a brace, a comma or a blank is missing here or before'],
    ],
  ];
  for (const [says, text, problems] of table) {
    it(`and ${says} is told with its place`, () => {
      const all = told(text);
      for (const problem of problems) {
        assert.ok(all.includes(problem), `${problem} should be among\n${all.join('\n')}`);
      }
      assert.ok(all.length > 0);
    });
  }

  it('is told from one that is too long without being read', () => {
    assert.deepEqual(told('#'.repeat(sourceLengthMax + 1)), [
      `1:${sourceLengthMax + 1} has ${sourceLengthMax + 1} characters, allowed: at most ${sourceLengthMax}`,
    ]);
  });

  it('is not told from one of just the longest length', () => {
    assert.deepEqual(told('#'.repeat(sourceLengthMax)), ['1:1 the file is empty']);
  });

  it('is not told from one that is nested just as deeply as allowed', () => {
    const deep = `a: ${'['.repeat(sourceDepthMax - 1)}1${']'.repeat(sourceDepthMax - 1)}`;
    assert.ok(!told(deep).some((line) => line.includes('nested too deeply')));
  });

  it('is told from one that is nested too deeply', () => {
    const deep = `a: ${'['.repeat(sourceDepthMax + 1)}${']'.repeat(sourceDepthMax + 1)}`;
    assert.ok(told(deep).some((line) => line.endsWith(`is nested too deeply, allowed: ${sourceDepthMax} levels`)));
  });

  const size = 48_000;
  const bombs: readonly [name: string, text: string][] = [
    ['brackets', '['.repeat(size)],
    ['dashes', '- '.repeat(size / 2)],
    ['question marks', '? '.repeat(size / 2)],
    ['keys', 'a:\n'.repeat(size / 3)],
    ['anchors', '&a '.repeat(size / 3)],
    ['quotes', '"'.repeat(size)],
    ['lists where objects should be', `steps: { health: { documents: [${'[],'.repeat(size / 3)}] } }`],
    [
      'aliases of aliases',
      ['a: &a [x]', ...Array.from({ length: 40 }, (_, at) => `b${at}: &b${at} [*a, *a]`)].join('\n'),
    ],
  ];
  for (const [name, text] of bombs) {
    it(`is no bomb when it consists of ${name}`, () => {
      const problems = told(text);
      assert.ok(problems.length > 0 && problems.length <= 2 * problemsMax + 1, `${problems.length} problems`);
    });
  }
});

describe('a value that could be a secret', () => {
  const secrets = [
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    'Tr0ub4dor-and-3-more-words-A1b2C3d4E5f6',
    '-----BEGIN PRIVATE KEY----- MIIE',
    'xoxb-1-2-abc',
    'https://user:hunter2@host.example',
    'correct horse',
  ];
  const places = ['steps.auth.login.keySecret', 'steps.auth.token.verification.secret'];
  for (const secret of secrets) {
    it(`is not repeated where the name of a secret should be (${secret.slice(0, 6)}…)`, () => {
      const problems = problemsWith(...places.map((place): Change => [place, secret]));
      assert.equal(problems.length, 2);
      for (const problem of problems) {
        assert.ok(!problemText(problem).includes(secret.slice(-7)), problemText(problem));
        assert.match(
          problem.message,
          /^found a text of \d+ characters that is not repeated here, allowed: the name of an/,
        );
      }
    });
  }

  it('is not repeated elsewhere either, nor as a key', () => {
    const [token] = secrets;
    assert.ok(token);
    const problems = problemsWith(
      ['cadenceSeconds', token],
      [`steps.auth.login.${token.replaceAll('.', '_')}`, 1],
      ['services.auth.url', 'https://user:hunter2@host.example'],
    );
    assert.equal(problems.length, 3);
    const text = problems.map(problemText).join('\n');
    assert.ok(!text.includes('eyJ') && !text.includes('hunter2'), text);
  });

  it('does not come back in what is said of broken YAML', () => {
    const text = told(fileText(2, 'title: "eyJhbGciOiJIUzI1NiJ9" eyJhbGciOiJIUzI1NiJ9')).join('\n');
    assert.ok(!text.includes('eyJ'), text);
  });
});
