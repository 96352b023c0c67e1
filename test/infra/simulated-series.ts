/**
 * The series that the deployment of the fixtures would write: every run goes through the code that makes the points of
 * a real one, so that names, labels and times are those of production and not a copy of them.
 */
import type { Environment } from '../../shared/core/environment/definition.ts';
import { stepsOf } from '../../shared/core/environment/definition.ts';
import { pointsOf, type RunFacts } from '../../shared/core/metrics/outcome-points.ts';
import { timeSeriesOf } from '../../shared/core/metrics/series.ts';
import type { Outcome } from '../../shared/core/outcome.ts';
import type { Step } from '../../shared/core/step.ts';
import { minuteMs, secondMs } from '../../shared/core/time.ts';
import { factsWith, outcomeWith } from '../support/metric-run.ts';
import { type Series, tickSeconds } from './promtool.ts';

/** Who runs when. `minute` is that of the slot, `run` counts the runs of this step and region. */
export interface Turn {
  readonly environment: string;
  readonly step: Step;
  readonly region: string;
  readonly minute: number;
  readonly run: number;
}

/** What is different from a run in which all is well; null: no run at all. */
export type Story = (turn: Turn) => SimulatedRun | null;

export interface SimulatedRun {
  readonly outcome?: Partial<Outcome>;
  readonly facts?: Partial<RunFacts>;
}

/** Everything that is written from minute 0 on. Runs take 20 to 40 s and end between two evaluations. */
export function simulate(environments: readonly Environment[], minutes: number, story: Story): readonly Series[] {
  const series = new Map<string, Series & { readonly values: Map<number, number> }>();
  for (const environment of environments) {
    for (const turn of turnsOf(environment, minutes)) {
      const run = story(turn);
      for (const written of run === null ? [] : writtenBy(environment, turn, run)) {
        const key = JSON.stringify([written.name, written.labels]);
        const known = series.get(key) ?? { name: written.name, labels: written.labels, values: new Map() };
        known.values.set(written.tick, written.value);
        series.set(key, known);
      }
    }
  }
  return [...series.values()];
}

function turnsOf(environment: Environment, minutes: number): readonly Turn[] {
  const cadence = environment.cadenceSeconds / 60;
  return stepsOf(environment).flatMap((step, place) =>
    environment.regions.flatMap((region, index) =>
      Array.from({ length: Math.floor(minutes / cadence) }, (_, run) => ({
        environment: environment.name,
        step,
        region,
        minute: run * cadence + ((place + index) % cadence),
        run,
      })),
    ),
  );
}

function writtenBy(environment: Environment, turn: Turn, run: SimulatedRun) {
  const slotMs = turn.minute * minuteMs;
  const outcome = outcomeWith({
    environment: turn.environment,
    step: turn.step,
    region: turn.region,
    slotMs,
    startedAtMs: slotMs + 1_000,
    endedAtMs: slotMs + (turn.run % 2 === 0 ? 25 : 45) * secondMs,
    ...run.outcome,
  });
  return pointsOf(outcome, environment, factsWith(run.facts))
    .map((point) => timeSeriesOf(point, 'acme-monitoring'))
    .filter(({ valueType }) => valueType !== 'DISTRIBUTION')
    .map(({ metric, resource, points: [point] }) => ({
      name: promqlName(metric.type),
      labels: { ...resource.labels, ...metric.labels, monitored_resource: resource.type },
      tick: Math.floor((point?.interval.endTime.seconds ?? 0) / tickSeconds),
      value: Number(Object.values(point?.value ?? {})[0]),
    }));
}

/** Cloud Monitoring, "Mapping Cloud Monitoring metrics to PromQL": the first `/` becomes `:`, what is special `_`. */
function promqlName(type: string): string {
  const slash = type.indexOf('/');
  const [domain, path] = [type.slice(0, slash), type.slice(slash + 1)];
  return [domain, path].map((part) => part.replaceAll(/[^A-Za-z0-9_]/g, '_')).join(':');
}
