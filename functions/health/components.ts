/** Judges the components that a health document lists: each one's own word and time, and whether one has vanished. */
import { isJsonObject } from '../../shared/core/body.ts';
import { failed, passed } from '../../shared/core/check.ts';
import type { HealthDocument } from '../../shared/core/environment/health.ts';
import { type Habit, learn } from '../../shared/core/habit.ts';
import { numberAt, valueAt } from '../../shared/core/json-path.ts';
import type { Check, Component, Failure } from '../../shared/core/outcome.ts';
import { redact } from '../../shared/core/redact.ts';
import { type Word, wordIn } from './words.ts';

type ComponentSettings = NonNullable<HealthDocument['components']>;
type Expected = ComponentSettings['expected'][string];

export interface ComponentFinding {
  readonly check: Check;
  readonly component: Component;
}

/** The components of a document by name, at most 200; empty when it has none at the path. */
export function componentsIn(root: unknown, settings: ComponentSettings): ReadonlyMap<string, unknown> {
  const found = valueAt(root, settings.path);
  const named: readonly (readonly [unknown, unknown])[] = Array.isArray(found)
    ? found.slice(0, componentsMax).map((entry: unknown) => [nameOf(entry), entry])
    : Object.entries(isJsonObject(found) ? found : {}).slice(0, componentsMax);
  return new Map(named.filter((pair): pair is [string, unknown] => isName(pair[0], settings)));
}

const componentsMax = 200;

/** What an element of an array of components is called; a bare text there is a name with nothing to say. */
function nameOf(entry: unknown): unknown {
  const { name, component, id, service } = isJsonObject(entry) ? entry : {};
  return name ?? component ?? id ?? service ?? null;
}

/** Of the other names only those are remembered and shown that can be no key: they come from outside. */
function isName(name: unknown, { expected }: ComponentSettings): boolean {
  return (
    typeof name === 'string' &&
    (Object.hasOwn(expected, name) || (/^[A-Za-z][A-Za-z0-9_.-]{0,62}$/.test(name) && redact(name) === name))
  );
}

/** One finding for each expected component that is there; one that is missing is a matter of the shape. */
export function judgeComponents(
  components: ReadonlyMap<string, unknown>,
  settings: ComponentSettings,
  atMs: number,
): readonly ComponentFinding[] {
  return Object.entries(settings.expected)
    .filter(([name]) => components.has(name))
    .map(([name, expected]) => judgeComponent({ name, expected, entry: components.get(name) }, settings, atMs));
}

interface Entry {
  readonly name: string;
  readonly expected: Expected;
  readonly entry: unknown;
}

function judgeComponent({ name, expected, entry }: Entry, settings: ComponentSettings, atMs: number): ComponentFinding {
  const whole = isJsonObject(entry);
  const word = wordIn(whole ? valueAt(entry, settings.statusPath) : entry, settings.words);
  const latencyMs = whole ? numberAt(entry, settings.latencyPath) : null;
  const failure = wordFailure(name, word, expected) ?? slowFailure(name, latencyMs, expected);
  const facts = {
    subject: name,
    startedMs: atMs,
    latencyMs: latencyMs ?? 0,
    evidence: { word: word?.shown ?? null, importance: expected.importance, response_ms: latencyMs },
  };
  const check =
    failure === null
      ? passed('health.component', `${name} is "${word?.shown}"`, facts)
      : failed('health.component', failure, facts);
  const verdict = check.verdict === 'fail' || check.verdict === 'degraded' ? check.verdict : 'pass';
  return { check, component: { name, verdict, word: word?.shown ?? null, latencyMs } };
}

function wordFailure(name: string, word: Word | null, { importance }: Expected): Failure | null {
  if (word === null || word.meaning === null) {
    const says = word === null ? 'has no status word' : `says "${word.shown}", which is not agreed`;
    return { reason: 'status_word_unknown', detail: `the component ${name} ${says}` };
  }
  if (word.meaning === 'pass') {
    return null;
  }
  const down = word.meaning === 'fail' && importance === 'required';
  return {
    reason: down ? 'component_down' : 'component_degraded',
    detail: `the component ${name}, which is ${importance}, says "${word.shown}"`,
  };
}

function slowFailure(name: string, latencyMs: number | null, { latencyMsMax = Infinity }: Expected): Failure | null {
  return latencyMs === null || latencyMs <= latencyMsMax
    ? null
    : {
        reason: 'component_slow',
        detail: `the component ${name} answers in ${Math.round(latencyMs)} ms, more than ${latencyMsMax} ms`,
      };
}

/** Names that are remembered of one document; more are not needed to notice that one is missing. */
const rememberedMax = 32;

export interface ShapeJudgement {
  readonly missing: readonly string[];
  readonly habit: Habit<readonly string[]>;
}

/** Holds the names in a document against those that are expected, and those that it used to have. */
export function judgeShape(
  present: ReadonlySet<string>,
  expected: readonly string[],
  habit: Habit<readonly string[]> | null,
): ShapeJudgement {
  const usual = habit ?? { usual: [], departedRuns: 0 };
  const missing = [...new Set([...expected, ...usual.usual])].filter((name) => !present.has(name));
  const departs = usual.usual.some((name) => !present.has(name));
  return { missing, habit: learn(usual, [...present].toSorted().slice(0, rememberedMax), departs) };
}
