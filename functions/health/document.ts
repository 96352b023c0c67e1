/** Reads one health document and judges it as a whole. Pure; components, shape and uptime are judged beside it. */
import { type BodyKind, bodyKind, isJsonObject, parseJson } from '../../shared/core/body.ts';
import { httpFailure } from '../../shared/core/classify.ts';
import type { HealthDocument } from '../../shared/core/environment/health.ts';
import type { HttpExchange, HttpResponse } from '../../shared/core/exchange.ts';
import { valueAt } from '../../shared/core/json-path.ts';
import type { Failure } from '../../shared/core/outcome.ts';
import { type Reason, verdictOf } from '../../shared/core/reasons.ts';
import { judgeAssertion } from './assertions.ts';
import { type Word, wordIn } from './words.ts';

/** A document that came, whatever it says. */
export interface ReadDocument {
  readonly kind: BodyKind;
  /** The document inside the body; undefined when the body is no JSON. */
  readonly root: unknown;
  readonly word: Word | null;
  /** The service says that it is still starting, or that it could not start. */
  readonly starting: 'startup' | 'startup_failed' | null;
  /** The status is one of those that the document may have. */
  readonly accepted: boolean;
}

export function readDocument(response: HttpResponse, settings: HealthDocument): ReadDocument {
  const body = parseJson(response.body);
  const inner = settings.rootPath === undefined ? undefined : valueAt(body, settings.rootPath);
  const root = isJsonObject(inner) ? inner : body;
  const failed = Boolean(valueAt(root, settings.startupFailedPath));
  const starting = Boolean(valueAt(root, settings.startupPath));
  return {
    kind: bodyKind(response.body),
    root,
    word: settings.statusPath === undefined ? null : wordIn(valueAt(root, settings.statusPath), settings.words),
    starting: failed ? 'startup_failed' : starting ? 'startup' : null,
    accepted: settings.statuses.includes(response.status),
  };
}

/** Everything that is wrong with the document as a whole, the most telling first. */
export function documentFailures(
  exchange: HttpExchange,
  document: ReadDocument | null,
  settings: HealthDocument,
): readonly Failure[] {
  const { response } = exchange;
  if (exchange.failure !== null || response === null || document === null) {
    return [exchange.failure ?? { reason: 'bad_http', detail: 'the request has no answer' }];
  }
  const status = `HTTP ${response.status}`;
  if (document.starting !== null) {
    const what = document.starting === 'startup' ? 'is still starting' : 'could not start';
    return [{ reason: document.starting, detail: `the service says with ${status} that it ${what}` }];
  }
  if (!document.accepted) {
    // A document that speaks for itself says more than the status that it came with.
    return document.word?.meaning === 'fail'
      ? [wordFailure('status_word', document.word, status)]
      : [httpFailure(response, `${exchange.method} ${exchange.shownUrl}`)];
  }
  const shape = shapeFailure(document, settings);
  return shape === null ? contentFailures(exchange, document, settings) : [shape];
}

/** The most serious failure speaks for the document; of equals the first. */
export function worstOf(failures: readonly Failure[]): Failure | null {
  return failures.find(({ reason }) => verdictOf(reason) === 'fail') ?? failures[0] ?? null;
}

function shapeFailure({ kind, root, word }: ReadDocument, settings: HealthDocument): Failure | null {
  if (settings.body === 'json' && root === undefined) {
    return { reason: 'not_json', detail: `the document should be JSON and is ${kind === 'empty' ? 'empty' : kind}` };
  }
  if (settings.body === 'text' && (kind === 'html' || kind === 'empty')) {
    return { reason: 'unexpected_shape', detail: `the document should be a text and is ${kind}` };
  }
  if (root !== undefined && settings.statusPath !== undefined && word === null) {
    return { reason: 'unexpected_shape', detail: `the document has no status word at \`${settings.statusPath}\`` };
  }
  return null;
}

function contentFailures(exchange: HttpExchange, document: ReadDocument, settings: HealthDocument): Failure[] {
  const { root, word } = document;
  const failures: Failure[] = [];
  const reason = word === null ? null : wordReasons[word.meaning ?? 'unknown'];
  if (word !== null && reason !== null) {
    failures.push(wordFailure(reason, word, `HTTP ${exchange.response?.status}`));
  }
  for (const assertion of root === undefined ? [] : settings.assertions) {
    const failure = judgeAssertion(root, assertion);
    if (failure !== null) {
      failures.push(failure);
    }
  }
  const { latencyMsMax = Infinity } = settings;
  if (exchange.latencyMs > latencyMsMax) {
    const detail = `the document took ${Math.round(exchange.latencyMs)} ms, more than ${latencyMsMax} ms`;
    failures.push({ reason: 'slow', detail });
  }
  return failures;
}

const wordReasons = {
  pass: null,
  degraded: 'status_word_degraded',
  fail: 'status_word',
  unknown: 'status_word_unknown',
} as const satisfies Readonly<Record<string, Reason | null>>;

function wordFailure(reason: Reason, word: Word, status: string): Failure {
  return { reason, detail: `the document says "${word.shown}" with ${status}` };
}
