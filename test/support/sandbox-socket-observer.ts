/** Talks to the sandbox's socket with the plain `ws` client and says what happened, word by word. */
import { WebSocket } from 'ws';

import { isAnswered } from '../../shared/core/agent/expectation.ts';
import type { Question } from '../../shared/core/agent/question.ts';
import { codeOf } from './sandbox-http-observer.ts';
import { onSilence } from './silence.ts';

export interface Talk {
  readonly url: string;
  readonly offer: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly authority: string;
  /** After so long without a frame the last word is `silence`; after three times as long the whole talk is over. */
  readonly silentMs: number;
  /** After this word the connection is ready; `101` for one whose server never greets. */
  readonly readyOn: string;
  /** Asked once the connection is ready; null: only a ping. */
  readonly question: Question | null;
}

const goodbye = /^(?:pong|answered|not answered)$/;

/** The happenings of one connection, joined by `; `. Heartbeats are not told. */
export function talk({ url, offer, headers, authority, silentMs, readyOn, question }: Talk): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const happenings: string[] = [];
  const socket = new WebSocket(url, [...offer], {
    headers,
    ca: authority,
    maxPayload: 1_048_576,
    perMessageDeflate: false,
  });
  const silence = onSilence(silentMs, () => end('silence'));
  const patience = onSilence(3 * silentMs, () => end('on and on'));

  function end(word: string): void {
    silence.stop();
    patience.stop();
    socket.terminate();
    resolve([...happenings, word].join('; '));
  }

  function happens(word: string): void {
    silence.heard();
    happenings.push(word);
    if (word.startsWith(readyOn)) {
      say({ type: 'ping' });
      if (question !== null) {
        say({ type: 'start_agent', payload: { user_request: question.text, thread_id: null } });
      }
    }
  }

  function say(frame: object): void {
    socket.send(JSON.stringify(frame));
  }

  function react(frame: Frame): void {
    const word = wordOf(frame);
    if (word.startsWith('heartbeat')) {
      return;
    }
    if (frame.type === 'handshake_response') {
      say({ type: 'handshake_acknowledged', thread_id: frame.thread_id });
    }
    const over = question === null ? goodbye.test(frame.type) : isEnd(frame);
    happens(word);
    if (over) {
      end(question === null ? 'well' : isAnswered(textOf(frame), question.expects) ? 'answered' : 'not answered');
    }
  }

  socket.on('upgrade', (response) => {
    happenings.push(`101 ${shown(response.headers['sec-websocket-protocol'])}`);
  });
  socket.on('open', () => {
    if (readyOn === '101') {
      happens('101');
    }
  });
  socket.on('unexpected-response', (_request, response) => end(`HTTP ${response.statusCode}`));
  socket.on('error', (error) => happenings.push(codeOf(error)));
  socket.on('close', (code, reason) => end(`close ${code} ${reason.toString('utf8')}`.trim()));
  socket.on('message', (data: Buffer, isBinary) => {
    const frame = isBinary ? null : parse(data.toString('utf8'));
    if (frame === null) {
      happens(`${isBinary ? 'binary' : 'no JSON object'} of ${data.length}`);
    } else {
      react(frame);
    }
  });
  return promise;
}

interface Frame {
  readonly type: string;
  readonly thread_id?: unknown;
  readonly run_id?: unknown;
  readonly user_id?: unknown;
  readonly agent_name?: unknown;
  readonly error_code?: unknown;
  readonly data?: { readonly user_id?: unknown };
}

/** All that the frame says, without its times and ids, in which any date or number may turn up by chance. */
function textOf(frame: Frame): string {
  return JSON.stringify(frame, (key, value: unknown) => (/timestamp|_id$|_ms$/.test(key) ? undefined : value));
}

function isEnd(frame: Frame): boolean {
  return frame.type === 'agent_completed' && frame.agent_name === 'Supervisor';
}

/** The type, who speaks if it is not the supervisor, and whatever says that it is about somebody else. */
function wordOf(frame: Frame): string {
  const user = frame.user_id ?? frame.data?.user_id;
  const foreign = [user, frame.thread_id, frame.run_id].map(String).filter((id) => /else|demo|user-som/.test(id));
  const others = [frame.agent_name, frame.error_code].filter((word) => word !== undefined && word !== 'Supervisor');
  return [frame.type, ...others, ...foreign].join(' ');
}

function parse(text: string): Frame | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFrame(value) ? value : null;
  } catch {
    return null;
  }
}

function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** A subprotocol that carries a token is shown without it. */
function shown(chosen = '(nothing)'): string {
  return chosen.length > 40 ? `${chosen.split('.')[0]}.[token]` : chosen;
}
