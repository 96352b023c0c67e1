/** Any product whose frames are JSON objects with a type: a dialect made of what the environment file tells. */
import type { JsonObject } from '../body.ts';
import type { GenericDialectSettings } from '../environment/agent.ts';
import type { Dialect, FrameTemplate, Meaning } from './dialect.ts';
import { withValueAt } from './frame.ts';

export function genericDialect(settings: GenericDialectSettings): Dialect {
  const { typePath, welcomeType, ping, answerPaths, events } = settings;
  return {
    name: 'generic',
    typePath,
    wrapperTypes: [],
    innerTypePaths: [],
    renames: [],
    words: wordsOf(settings),
    greetings: welcomeType === undefined ? [] : [{ version: 'generic', word: welcomeType, wrapped: false }],
    places: {
      user: [settings.userPath],
      thread: [settings.threadPath],
      run: [settings.runPath],
      agent: [],
      tool: ['tool_name', 'tool', 'name'],
      eventId: ['event_id'],
      text: answerPaths,
      answer: answerPaths,
      error: ['code', 'error.code', 'error', 'error.message', 'message', 'reason'],
    },
    handshake: null,
    settleMs: 0,
    ping: withValueAt({}, typePath, ping.send),
    heartbeatReply: null,
    question: questionOf(settings),
    requiredEvents: events.thinking === undefined ? ['started', 'completed'] : ['started', 'thinking', 'completed'],
    leaders: [],
    quietMs: 5_000,
    failureMarks: [],
    modelMarks: [],
    noModelMarks: [],
    stockPhrases: [],
    standInUsers: [/^anonymous/i, /^guest/i],
    closeMeanings: [],
  };
}

function wordsOf({ events, ping }: GenericDialectSettings): ReadonlyMap<string, Meaning> {
  const kinds = [
    ['accepted', events.accepted],
    ['started', events.started],
    ['thinking', events.thinking],
    ['tool_started', events.toolStarted],
    ['tool_completed', events.toolCompleted],
    ['text', events.text],
    ['completed', events.completed],
  ] as const;
  return new Map<string, Meaning>([
    [ping.reply, { is: 'pong' }],
    [events.error, { is: 'error', of: 'anything' }],
    ...kinds.flatMap(([kind, word]) =>
      word === undefined ? [] : [[word, { is: 'event', kind }] satisfies [string, Meaning]],
    ),
  ]);
}

/** The fields come first, so that type and text stand whatever they say. */
function questionOf({ typePath, question }: GenericDialectSettings): FrameTemplate {
  let frame: JsonObject = {};
  for (const [path, value] of Object.entries(question.fields)) {
    frame = withValueAt(frame, path, value);
  }
  return { frame: withValueAt(frame, typePath, question.type), textPath: question.textPath, threadPath: null };
}
