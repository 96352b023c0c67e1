/** Reads dates and times of day that a text names, in the spellings that are common in English and in ISO 8601. */

export interface DayOfYear {
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export interface TimeOfDay {
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
}

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** Days of each month outside leap years. */
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The date so many days later. Made for spans that leave out February and the turn of the year. */
export function daysLater(start: DayOfYear, days: number): DayOfYear {
  let { month } = start;
  let day = start.day + days;
  for (let length = monthLength(month); day > length; length = monthLength(month)) {
    day -= length;
    month = (month % 12) + 1;
  }
  return { month, day };
}

export function monthLength(month: number): number {
  return monthLengths[month - 1] ?? 31;
}

const monthWord = `(${monthNames.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join('|')}|Sept)\\b\\.?`;
const dayNumber = '(?<![\\p{N}.,:/-])(\\d{1,2})(?:st|nd|rd|th)?';
const dayThenMonth = new RegExp(`${dayNumber},?(?: day)?(?: of)?[ -]${monthWord}`, 'giu');
const monthThenDay = new RegExp(
  `\\b${monthWord}(?:,? the)?[ -](\\d{1,2})(?:st|nd|rd|th)?(?![\\p{L}\\p{N}]|[:.,]\\d)`,
  'giu',
);
const yearMonthDay = /(?<!\d)\d{4}-(\d{2})-(\d{2})(?!\d)/g;
const twoNumbers = /(?<![\d./-])(\d{1,2})[./](\d{1,2})(?:[./](?:\d{4}|\d{2}))?(?![\d/]|\.\d)/g;

/** Every date in the text, without its year. `3/4` is given in both orders. */
export function datesIn(text: string): readonly DayOfYear[] {
  const plain = text.replaceAll(/\s+/g, ' ');
  return [
    ...[...plain.matchAll(dayThenMonth)].map(([, day, month]) => ({ month: monthNumber(month), day: Number(day) })),
    ...[...plain.matchAll(monthThenDay)].map(([, month, day]) => ({ month: monthNumber(month), day: Number(day) })),
    ...[...plain.matchAll(yearMonthDay)].map(([, month, day]) => ({ month: Number(month), day: Number(day) })),
    ...[...plain.matchAll(twoNumbers)].flatMap(([, one, other]) => [
      { month: Number(one), day: Number(other) },
      { month: Number(other), day: Number(one) },
    ]),
  ];
}

function monthNumber(word = ''): number {
  const start = word.slice(0, 3).toLowerCase();
  return monthNames.findIndex((name) => name.toLowerCase().startsWith(start)) + 1;
}

const clock = /(?<![\p{L}\p{N}]|\d[.:,])(\d{1,2})[:.h](\d{2})(?![\p{N}]|\.\d)(?:\s?([ap])\.?m\b)?/giu;

/** Every time of day in the text, on the 24-hour clock. */
export function timesIn(text: string): readonly TimeOfDay[] {
  return [...text.matchAll(clock)].map(([, hour, minute, half]) => ({
    hour: on24HourClock(Number(hour), half?.toLowerCase()),
    minute: Number(minute),
  }));
}

function on24HourClock(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) {
    return hour;
  }
  return half === 'p' ? (hour % 12) + 12 : hour % 12;
}
