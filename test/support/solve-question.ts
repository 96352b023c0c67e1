/**
 * Answers a question of the agent probe from its text alone, as the product's model would: the counterpart of
 * `shared/core/agent/question.ts` for servers in tests. It knows the kinds of questions, not their wording.
 */
import { daysLater, monthNames } from '../../shared/core/agent/calendar.ts';

/** The answer in a sentence; null when the text is no question of the probe. */
export function solveQuestion(text: string): string | null {
  return backwards(text) ?? laterDate(text) ?? arrival(text) ?? remainder(text) ?? total(text);
}

function backwards(text: string): string | null {
  const spelling = /\b[A-Z](?:-[A-Z]){3,}\b/.exec(text)?.[0];
  return spelling === undefined
    ? null
    : `Written backwards it is "${[...spelling.toLowerCase()]
        .toReversed()
        .filter((letter) => letter !== '-')
        .join('')}".`;
}

function laterDate(text: string): string | null {
  const date = /\b(\d{1,2}) ([A-Z][a-z]+)\b/.exec(text);
  const weeks = /\b(two|three|four|five) weeks\b/.exec(text)?.[1];
  const month = monthNames.findIndex((name) => name === date?.[2]) + 1;
  if (date === null || weeks === undefined || month === 0) {
    return null;
  }
  const count = ['two', 'three', 'four', 'five'].indexOf(weeks) + 2;
  const later = daysLater({ month, day: Number(date[1]) }, count * 7);
  return `That is ${monthNames[later.month - 1]} ${later.day}.`;
}

function arrival(text: string): string | null {
  const leaves = /\b(\d{2}):(\d{2})\b/.exec(text);
  const span = /\b(\d+) hours? and (\d+) minutes\b/.exec(text);
  if (leaves === null || span === null) {
    return null;
  }
  const minutes = (Number(leaves[1]) + Number(span[1])) * 60 + Number(leaves[2]) + Number(span[2]);
  return `At ${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}.`;
}

function remainder(text: string): string | null {
  const [boxes, each, lost] = (text.match(/\d+/g) ?? []).map(Number);
  return boxes === undefined || each === undefined || lost === undefined ? null : inFigures(boxes * each - lost);
}

function total(text: string): string | null {
  const [first, second] = (text.match(/\d+/g) ?? []).map(Number);
  return first === undefined || second === undefined ? null : inFigures(first + second);
}

function inFigures(value: number): string {
  return `The answer is ${value.toLocaleString('en-US')}.`;
}
