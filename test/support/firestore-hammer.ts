/**
 * Run as a process of its own, beside seven others: one instance of one step's function that works through slots as fast
 * as it can, with the real run, Firestore and Slack. Prints one line of JSON a run: slot and what was judged.
 * Arguments: project, step, number of slots. Environment: FIRESTORE_EMULATOR_HOST, SLACK_API_URL, SLACK_BOT_TOKEN.
 */
import { randomBytes } from 'node:crypto';

import { Secret } from '../../shared/core/secret.ts';
import { isStep } from '../../shared/core/step.ts';
import { openNotifier } from '../../shared/io/slack.ts';
import { openFirestoreStore } from '../../shared/io/state/firestore.ts';
import { openOwnHistories } from '../../shared/run/own-histories.ts';
import { runStep } from '../../shared/run/run.ts';
import { hammered, probeOf, slotAt } from './hammered.ts';

const [projectId = '', step, slots] = process.argv.slice(2);
if (!isStep(step)) {
  throw new Error('the step is missing');
}
const store = openFirestoreStore({ projectId, databaseId: '(default)', timeoutMs: 20_000, nowMs: Date.now });
const notifier = openNotifier({
  token: new Secret(process.env['SLACK_BOT_TOKEN'] ?? ''),
  apiUrl: process.env['SLACK_API_URL'],
});
const own = openOwnHistories();
for (let index = 0; index < Number(slots); index += 1) {
  const record = await runStep(
    { step, environment: hammered, slotMs: slotAt(index), cold: false, answerWithinMs: 60_000 },
    {
      loadProbe: async () => probeOf(step, index),
      secrets: () => null,
      store,
      notifier,
      sink: { write: async (points) => ({ written: points.length, refused: [] }), close: async () => undefined },
      log: () => undefined,
      nowMs: Date.now,
      newTraceId: () => randomBytes(16).toString('hex'),
      region: 'us-central1',
      projectId: null,
      own,
    },
  );
  process.stdout.write(`${JSON.stringify({ index, judged: record.judged, trouble: record.trouble })}\n`);
}
await store.close();
