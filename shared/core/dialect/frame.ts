/** Makes the frames that a client sends, out of the templates of a dialect. */
import { isJsonObject, type JsonObject } from '../body.ts';
import type { Dialect, ServerHandshake } from './dialect.ts';

/** A copy of the object with a value at a dotted path; objects on the way are made where there are none. */
export function withValueAt(object: JsonObject, path: string, value: unknown): JsonObject {
  const [key = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    return { ...object, [key]: value };
  }
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: withValueAt(isJsonObject(inner) ? inner : {}, rest.join('.'), value) };
}

/** The frame that asks; in the thread that the server has opened, if it has. */
export function questionFrame({ question }: Dialect, text: string, threadId: string | null): JsonObject {
  const asked = withValueAt(filledIn(question.frame, text), question.textPath, text);
  return question.threadPath === null ? asked : withValueAt(asked, question.threadPath, threadId);
}

function filledIn(template: JsonObject, text: string): JsonObject {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value.replaceAll('{question}', () => text);
    }
    return isJsonObject(value) ? filledIn(value, text) : value;
  };
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value)]));
}

/** The client's part of the handshake that a server starts. */
export function acknowledgementFrame(handshake: ServerHandshake, threadId: string | null, time: string): JsonObject {
  const inThread = withValueAt(handshake.acknowledgement, handshake.threadPath, threadId);
  return withValueAt(inThread, handshake.timePath, time);
}
