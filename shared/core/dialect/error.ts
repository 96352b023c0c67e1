/** Reads the frames in which a server says that something is wrong. Only codes of a fixed form are ever shown. */
import type { JsonObject } from '../body.ts';
import { textAt } from '../json-path.ts';
import { redact } from '../redact.ts';
import type { Dialect } from './dialect.ts';

/** What a server's error is about, as far as its words tell. */
export type ErrorClass = 'login' | 'rate' | 'other';

export interface ServerError {
  readonly class: ErrorClass;
  /** The code, if it looks like one; otherwise the type of the frame. */
  readonly code: string;
  /** For people. */
  readonly sentence: string;
}

export interface ErrorFrame {
  readonly name: string;
  /** The type of the frame itself says that the user was not let in. */
  readonly login: boolean;
}

/** Words that are looked at but never shown. */
const wordsLengthMax = 300;

const aboutLogin = /auth|token|jwt|credential|forbidden|denied|not allowed|session.?expired/i;
const aboutRate = /rate.?limit|too.?many|quota|throttl|\b429\b/i;

export function readError(dialect: Dialect, frame: JsonObject, { name, login }: ErrorFrame): ServerError {
  const words = dialect.places.error.map((place) => textAt(frame, place)?.slice(0, wordsLengthMax) ?? '');
  const code = words.find((word) => /^[A-Za-z][A-Za-z0-9_.-]{1,48}$/.test(word)) ?? null;
  const shown = code === null ? null : redact(code);
  return {
    class: login ? 'login' : classOf(code ?? words.join(' ')),
    code: shown ?? name,
    sentence: shown === null ? `the server sent \`${name}\`` : `the server sent \`${name}\` with ${shown}`,
  };
}

function classOf(words: string): ErrorClass {
  if (aboutRate.test(words)) {
    return 'rate';
  }
  return aboutLogin.test(words) ? 'login' : 'other';
}
