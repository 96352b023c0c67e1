/** What things are called when people are spoken to: steps, marks of the flow, phases, times and numbers. */
import { type Fault, type Reason, reasonEntry } from '../reasons.ts';
import type { Phase } from '../outcome.ts';
import { requiredSteps, type Step, steps } from '../step.ts';
import { clockUtc, dayUtc } from '../time.ts';
import type { Flow, FlowMark } from '../judge/state.ts';
import { localTime, type Phrase } from './escape.ts';

export const stepTitles: Readonly<Record<Step, string>> = {
  auth: 'Log in',
  health: 'Health',
  websocket: 'WebSocket',
  agent: 'Agent answer',
};

/** One sentence for someone who has never seen the product. */
export const stepMeanings: Readonly<Record<Step, string>> = {
  auth: '“Log in” is a user who logs in and gets a token.',
  health: '“Health” is what the services say about themselves on their health pages.',
  websocket: '“WebSocket” is the live connection between browser and server through which the whole chat runs.',
  agent: '“Agent answer” is a question that is sent into the chat and an answer that must come back.',
};

interface MarkWords {
  readonly sign: string;
  readonly word: string;
}

const markWords: Readonly<Record<FlowMark, MarkWords>> = {
  pass: { sign: '✅', word: 'works' },
  degraded: { sign: '🟠', word: 'degraded' },
  fail: { sign: '❌', word: 'broken' },
  blocked: { sign: '⏸️', word: 'not tried' },
  inconclusive: { sign: '❔', word: 'not measured' },
  unknown: { sign: '➖', word: 'no run yet' },
  maintenance: { sign: '🚧', word: 'maintenance' },
};

/** A step that lets in too much may well work otherwise. */
const insecureWords: MarkWords = { sign: '🚨', word: 'insecure' };

/**
 * The flow on one line: `✅ Log in works · ✅ Health works → ❌ WebSocket broken → ⏸️ Agent answer not tried`.
 * Steps that stand side by side are joined by a dot, steps that need an earlier one by an arrow.
 */
export function flowLine(flow: Flow, insecure: readonly Step[] = []): string {
  const shown = steps.flatMap((step) => {
    const mark = flow[step];
    return mark === undefined ? [] : [{ step, mark }];
  });
  return shown
    .map(({ step, mark }, at) => {
      const { sign, word } = insecure.includes(step) ? insecureWords : markWords[mark];
      const joint = at === 0 ? '' : requiredSteps[step].length === 0 ? ' · ' : ' → ';
      return `${joint}${sign} ${stepTitles[step]} ${word}`;
    })
    .join('');
}

const phaseTitles: Readonly<Record<Phase | 'total', string>> = {
  total: 'Whole step',
  login: 'Log in',
  dns: 'Name lookup',
  tcp: 'Connection',
  tls: 'TLS handshake',
  request: 'Sending the request',
  upgrade: 'WebSocket upgrade',
  first_byte: 'Wait for the first byte',
  body: 'Reading the answer',
  first_frame: 'Wait for the first frame',
  ready: 'Socket ready',
  ping: 'Ping and pong',
  accepted: 'Message taken',
  first_event: 'First event of the run',
  first_text: 'First visible text',
  tool: 'Tool call',
  longest_silence: 'Longest silence',
  completed: 'Whole answer',
};

export function phaseTitle(phase: Phase | 'total'): string {
  return phaseTitles[phase];
}

const actors: Readonly<Record<Fault, string>> = {
  product: 'those who run the product',
  path: 'those who run the network between monitor and product (DNS, load balancer, firewall)',
  credential: "those who keep the monitor's login",
  monitor: 'those who run this monitor',
};

/** Who has to act on a reason. */
export function actor(reason: Reason): string {
  return actors[reasonEntry(reason).fault];
}

/** A sentence of the catalogue as a whole sentence. */
export function sentence(reason: Reason): string {
  return `${capitalised(reasonEntry(reason).sentence)}.`;
}

export function capitalised(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** `2026-11-24 20:05 UTC`, and in blocks the reader's own time as well. */
export function instant(atMs: number): Phrase {
  return localTime(`${dayUtc(atMs)} ${clockUtc(atMs)}`, atMs);
}

/** A latency with the digits that matter: `0.4 ms`, `47 ms`, `1.3 s`, `104 s`. */
export function latencyText(ms: number): string {
  if (ms < 10) {
    return `${trimmed(ms, 1)} ms`;
  }
  if (ms < 999.5) {
    return `${Math.round(ms)} ms`;
  }
  return ms < 99_950 ? `${trimmed(ms / 1_000, ms < 9_950 ? 2 : 1)} s` : `${Math.round(ms / 1_000)} s`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
