/** Which secrets a file refers to, and which step gets which. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { secretNamesOf } from '../../shared/core/environment/secret-names.ts';
import type { Step } from '../../shared/core/step.ts';
import { dotted, environmentWith } from '../support/environment-file.ts';

const environment = environmentWith(
  ['services.auth.authoritiesSecret', 'DEMO_AUTHORITIES'],
  [
    'steps.auth.login',
    { kind: 'client_credentials', path: '/token', clientIdSecret: 'DEMO_ID', clientSecretSecret: 'DEMO_KEY' },
  ],
);

describe('the secrets of an environment', () => {
  it('are every name with the place where it stands', () => {
    assert.deepEqual(
      secretNamesOf(environment).map(({ name, path }) => [name, dotted(path)]),
      [
        ['DEMO_AUTHORITIES', 'services.auth.authoritiesSecret'],
        ['DEMO_ID', 'steps.auth.login.clientIdSecret'],
        ['DEMO_KEY', 'steps.auth.login.clientSecretSecret'],
        ['DEMO_JWT_SECRET', 'steps.auth.token.verification.secret'],
      ],
    );
  });

  const table: readonly [step: Step, names: readonly string[]][] = [
    ['auth', ['DEMO_AUTHORITIES', 'DEMO_ID', 'DEMO_KEY', 'DEMO_JWT_SECRET']],
    ['health', ['DEMO_AUTHORITIES']],
    ['websocket', ['DEMO_AUTHORITIES', 'DEMO_ID', 'DEMO_KEY', 'DEMO_JWT_SECRET']],
    ['agent', ['DEMO_AUTHORITIES', 'DEMO_ID', 'DEMO_KEY', 'DEMO_JWT_SECRET']],
  ];
  for (const [step, names] of table) {
    it(`are for \`${step}\` those that it needs, and no others`, () => {
      assert.deepEqual(
        secretNamesOf(environment, [step]).map(({ name }) => name),
        names,
      );
    });
  }

  it('are none for a step that is not watched', () => {
    const withoutAgent = environmentWith(
      ['steps.agent', undefined],
      ['services.auth.authoritiesSecret', 'DEMO_AUTHORITIES'],
    );
    assert.deepEqual(secretNamesOf(withoutAgent, ['agent']), []);
  });

  it('are none where none is referred to', () => {
    const open = environmentWith(['steps', { health: { documents: [{ id: 'backend', service: 'backend' }] } }]);
    assert.deepEqual(secretNamesOf(open), []);
  });
});
