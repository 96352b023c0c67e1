import { randomBytes } from 'node:crypto';
import { startSandbox } from './sandbox.ts';
import { sandboxEnvironment } from './environment.ts';
import { faults } from './faults.ts';
import { variants } from './variants.ts';
import { measure } from '../../shared/run/measure.ts';
import { steps } from '../../shared/core/step.ts';
const probes: any = {};
for (const s of steps) {
  try {
    const m: any = await import(`../../functions/${s}/probe.ts`);
    probes[s] = Object.values(m).find((f: any) => typeof f === 'function' && /^probe/.test(f.name));
  } catch (e) {
    console.log('no', s, String(e).slice(0, 100));
  }
}
const sel = process.argv[2] ?? '';
const onlySteps = process.argv[3]?.split(',') ?? steps;
const list: any[] =
  sel === 'variants'
    ? [...variants]
    : sel === 'all'
      ? [...faults]
      : [...faults, ...variants].filter((f: any) => f.group === sel || f.id === sel);
const queue = list.entries();
let bad = 0,
  slow: any[] = [];
async function lane() {
  const sandbox = await startSandbox({ pace: Number(process.env.PACE ?? 5) });
  for (const [, f] of queue) {
    await sandbox.clearFaults();
    let memories: any = {};
    const run = async (step: string, env: any) => {
      const t = performance.now();
      const r = await measure({
        probe: probes[step],
        context: {
          environment: env,
          secrets: sandbox.secrets,
          traceId: randomBytes(16).toString('hex'),
          nowMs: Date.now,
          memory: memories[step] ?? {},
          region: 'local',
        } as any,
        deadlineMs: env.steps[step].deadlineSeconds * 1000,
        confirmAfterMs: 0,
        onFault: (e: any) => console.log('FAULT', f.id, step, e),
      });
      memories[step] = r.measurement.memory;
      return { ...r, ms: performance.now() - t };
    };
    if (f.afterHealthyRun) {
      const env = sandboxEnvironment(sandbox);
      for (const s of onlySteps) if (probes[s]) await run(s, env);
    }
    await sandbox.setFaults([f.id]);
    const env = sandboxEnvironment(sandbox);
    for (const s of onlySteps) {
      if (!probes[s]) continue;
      const want = f.expected?.[s] ?? { verdict: 'pass', reason: null };
      const got = await run(s, env);
      const sum = got.summary;
      const ok = sum.verdict === want.verdict && sum.reason === want.reason;
      if (!ok) {
        bad++;
        console.log(
          `✗ ${f.id} ${s}: want ${want.verdict}/${want.reason} got ${sum.verdict}/${sum.reason} [${sum.checkId}] ${sum.detail.slice(0, 160)} (${Math.round(got.ms)} ms)`,
        );
        if (process.argv[4])
          for (const c of got.measurement.checks)
            console.log('     ', c.id, c.subject, c.verdict, c.reason, c.detail.slice(0, 140));
      }
      if (got.ms > env.steps[s as 'auth']!.deadlineSeconds * 1000) slow.push([f.id, s, Math.round(got.ms)]);
    }
  }
  await sandbox.close();
}
const t0 = performance.now();
await Promise.all([lane(), lane(), lane(), lane()]);
console.log(
  'cases',
  list.length,
  'bad',
  bad,
  'over deadline',
  JSON.stringify(slow),
  Math.round(performance.now() - t0),
  'ms',
);
