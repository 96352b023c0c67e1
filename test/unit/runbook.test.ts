/** `docs/runbook.md` and the catalogue of reasons are one: an entry a reason, none extra, each with the same parts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { blanks, commands, commandsOf } from '../../shared/core/message/commands.ts';
import { nextSteps } from '../../shared/core/message/next-steps.ts';
import { actor, sentence } from '../../shared/core/message/words.ts';
import { allReasons, type Reason, runbookAnchor } from '../../shared/core/reasons.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const [introduction = '', ...entries] = runbook.split(/^### /m);

const parts = ['Means', 'Seen', 'Who acts', 'Do next', 'Usually', 'Not to be mixed up with'] as const;

interface Entry {
  readonly anchor: string;
  readonly sentence: string;
  readonly parts: ReadonlyMap<string, string>;
  readonly commands: string;
}

function parse(text: string): Entry {
  const [anchor = '', ...rest] = text.split('\n');
  const body = rest.join('\n').split(/^## /m)[0] ?? '';
  const items = body.matchAll(/^- \*\*([^*]+):\*\* ((?:.+\n)(?: {2}.+\n)*)/gm);
  return {
    anchor,
    sentence: body.trim().split('\n')[0] ?? '',
    parts: new Map([...items].map(([, label = '', value = '']) => [label, value.trim().replace(/\n {2}/g, ' ')])),
    commands: /^```sh\n([^]*?)^```$/m.exec(body)?.[1]?.trim() ?? '',
  };
}

const byAnchor = new Map(entries.map((text) => [parse(text).anchor, parse(text)]));

function entryOf(reason: Reason): Entry {
  const entry = byAnchor.get(runbookAnchor(reason));
  assert.ok(entry, `no entry for ${reason}`);
  return entry;
}

describe('the runbook', () => {
  it('has exactly one entry a reason, and no other', () => {
    const anchors = entries.map((text) => parse(text).anchor);
    assert.deepEqual(anchors.toSorted(), allReasons.map(runbookAnchor).toSorted());
  });

  it('explains every blank of its commands', () => {
    const explained = new Set(introduction.match(/(?<=`\{)[a-z_]+(?=\}`)/g));
    assert.deepEqual(explained, new Set(blanks));
  });

  it('links only to entries that exist', () => {
    const targets = [...runbook.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, target]) => target);
    assert.ok(targets.length > 100);
    assert.deepEqual(
      targets.filter((target) => target === undefined || !byAnchor.has(target)),
      [],
    );
  });

  for (const reason of allReasons) {
    it(`tells of ${reason} what it is, who acts and what to do, as the alert does`, () => {
      const entry = entryOf(reason);
      assert.equal(entry.sentence, sentence(reason));
      assert.deepEqual([...entry.parts.keys()], [...parts]);
      assert.equal(entry.parts.get('Who acts'), actor(reason));
      assert.equal(entry.parts.get('Do next'), nextSteps[reason]);
      const lines = commandsOf[reason].flatMap((name) => [`# ${commands[name].purpose}`, commands[name].template]);
      assert.equal(entry.commands, lines.join('\n'));
      for (const [label, value] of entry.parts) {
        assert.ok(value.length >= 10 && value.length <= 400, `${label}: ${value.length} characters`);
      }
    });
  }
});
