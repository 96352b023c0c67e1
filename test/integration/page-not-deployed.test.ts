/** What is for laptops and tests stays there: no code of the sandbox or the page is in what is deployed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { makeBundle } from '../../shared/build/make.ts';

describe('what is deployed', () => {
  it('holds no code of the sandbox, the page, the local Slack and Monitoring, or their tools', async () => {
    const { metafiles, files } = await makeBundle('bundled');
    const inputs = Object.values(metafiles).flatMap(({ inputs: each }) => Object.keys(each));
    assert.ok(inputs.includes('functions/probes.ts'), 'it holds the probes');
    const stray = inputs.filter((path) =>
      /^(?:test|shared\/local|shared\/cli)\/|node_modules\/(?:uplot|axe-core|playwright-core|esbuild|fast-check)\//.test(
        path,
      ),
    );
    assert.deepEqual(stray, []);
    assert.deepEqual(
      [...files.keys()].filter((path) => /\.html$|\.css$/.test(path)),
      [],
    );
  });
});
