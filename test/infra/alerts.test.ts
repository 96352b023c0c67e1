/**
 * Each alert rule on simulated hours: it fires when it should, nothing else fires with it, and it ends. Rules are read
 * off what would be deployed; series are made by the code that writes them in production.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { alertCases, timelineOf } from './alert-cases.ts';
import { deployed, ofType } from './deployment.ts';
import { disagreement, rulesOf, withoutPromtool } from './promtool.ts';
import { withoutProvider } from './terraform.ts';

const skip = withoutProvider() ?? withoutPromtool() ?? false;
const rules = skip === false ? rulesOf(ofType(deployed(), 'google_monitoring_alert_policy')) : [];

describe('alert rules', { skip }, () => {
  for (const alertCase of alertCases) {
    it(alertCase.name, async () => {
      assert.equal(disagreement(rules, [await timelineOf(alertCase)]), null);
    });
  }

  it('each fires in some case', () => {
    const told = alertCases.flatMap(({ firing }) => Object.values(firing).flat());
    const kinds = new Set(told.map(({ alert }) => kindOf(alert)));
    assert.deepEqual([...new Set(rules.map(({ alert }) => kindOf(alert)))].toSorted(), [...kinds].toSorted());
  });
});

/** `alpha/auth/down#0` → `down#0`: rules of one kind differ in names only. */
function kindOf(alert: string): string {
  return alert === 'all/silent#0' ? alert : alert.slice(alert.lastIndexOf('/') + 1);
}
