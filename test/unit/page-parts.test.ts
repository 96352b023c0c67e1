/** Small pure parts of the page: phases as a bar, Slack's markup taken apart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { type Phase, phases } from '../../shared/core/outcome.ts';
import { piecesOf } from '../../shared/local/page/model/mrkdwn.ts';
import { segmentsOf } from '../../shared/local/page/model/segments.ts';
import { tourStops } from '../../shared/local/page/model/tour-stops.ts';
import { faults } from '../sandbox/faults.ts';

describe('the phases of a run as a bar', () => {
  it('follow one another for a request', () => {
    assert.deepEqual(segmentsOf({ dns: 1, tcp: 2, tls: 3, request: 4, first_byte: 5, body: 6 }), [
      { phase: 'dns', ms: 1 },
      { phase: 'tcp', ms: 2 },
      { phase: 'tls', ms: 3 },
      { phase: 'request', ms: 4 },
      { phase: 'first_byte', ms: 5 },
      { phase: 'body', ms: 6 },
    ]);
  });

  it('count what is counted from one beginning only once', () => {
    const socket = segmentsOf({ upgrade: 10, first_frame: 3, ready: 8, ping: 2 });
    assert.deepEqual(
      socket.map(({ phase, ms }) => `${phase} ${ms}`),
      ['upgrade 10', 'first_frame 3', 'ready 5', 'ping 2'],
    );
    const agent = segmentsOf({
      accepted: 60,
      first_event: 60,
      first_text: 300,
      tool: 340,
      longest_silence: 400,
      completed: 1_600,
    });
    assert.deepEqual(
      agent.map(({ phase, ms }) => `${phase} ${ms}`),
      ['first_event 60', 'first_text 240', 'completed 1300'],
    );
  });

  it('have no negative width, whatever comes', () => {
    const ms = fc.double({ min: 0, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom<Phase>(...phases), ms), (known) => {
        assert.ok(segmentsOf(known).every((segment) => segment.ms >= 0));
      }),
    );
  });
});

describe("Slack's markup", () => {
  it('comes apart into what it shows', () => {
    assert.deepEqual(piecesOf('*Since*\n12:00 (<!date^1795556741^{date_short_pretty}, {time}|12:00> your time)'), [
      { kind: 'bold', text: 'Since' },
      { kind: 'text', text: '\n12:00 (' },
      { kind: 'date', text: '12:00', atMs: 1_795_556_741_000 },
      { kind: 'text', text: ' your time)' },
    ]);
    assert.deepEqual(piecesOf('<https://a.example/?x=1&amp;y=2|Runbook> · <!subteam^S0ONCALL> `x`'), [
      { kind: 'link', url: 'https://a.example/?x=1&y=2', text: 'Runbook' },
      { kind: 'text', text: ' · ' },
      { kind: 'mention', text: '@S0ONCALL' },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'x' },
    ]);
  });

  it('leaves a code block alone, stars and links and all', () => {
    assert.deepEqual(piecesOf('*Run:*\n```\nls *.ts # a|b\n```'), [
      { kind: 'bold', text: 'Run:' },
      { kind: 'text', text: '\n' },
      { kind: 'block', text: 'ls *.ts # a|b' },
    ]);
  });

  it('makes no link of another scheme', () => {
    assert.deepEqual(piecesOf('<javascript:alert(1)|click>'), [{ kind: 'text', text: '<javascript:alert(1)|click>' }]);
  });

  it('loses no text of a message without markup', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9 .,:;()\n-]*$/), (text) => {
        assert.equal(
          piecesOf(text)
            .map((piece) => piece.text)
            .join(''),
          text,
        );
      }),
    );
  });
});

describe('the tour', () => {
  it('has ten stops, each a fault that can be set without another environment file', () => {
    assert.equal(tourStops.length, 10);
    for (const { fault } of tourStops) {
      const row = faults.find(({ id }) => id === fault);
      assert.ok(row !== undefined, fault);
      assert.equal(row.environment, null, fault);
    }
  });
});
