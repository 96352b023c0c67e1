/**
 * Makes the question of a run: fresh each time, in whole sentences, as a person would ask. Its answer follows from
 * it and is not contained in it, so that neither an echo nor a stock phrase nor a cache can give it.
 * The product treats messages with `test` in them as a rehearsal; none of these sentences has it.
 */
import { type DayOfYear, daysLater, monthLength, monthNames } from './calendar.ts';
import { between, type Dice, diceFrom, oneOf } from './dice.ts';
import { type Expectation, isAnswered } from './expectation.ts';

export interface Question {
  readonly text: string;
  readonly expects: Expectation;
}

type Maker = (dice: Dice) => Question;

const makers: readonly [Maker, ...Maker[]] = [askTotal, askRemainder, askBackwards, askDate, askArrival];

/** Redraws a question that happens to give its own answer away; more than a few would mean a broken maker. */
const drawsMax = 20;

/** A question from at least `diceBytes` bytes of chance. */
export function makeQuestion(bytes: Uint8Array): Question {
  const dice = diceFrom(bytes);
  for (let draw = 0; draw < drawsMax; draw += 1) {
    const question = oneOf(dice, makers)(dice);
    if (!isAnswered(question.text, question.expects)) {
      return question;
    }
    // No maker is that broken.
    /* node:coverage disable */
  }
  throw new Error('no question could be made that keeps its answer to itself');
}
/* node:coverage enable */

/** The sum of two numbers of three or four digits. */
function askTotal(dice: Dice): Question {
  const [first, second] = [between(dice, 517, 4_800), between(dice, 517, 4_800)];
  const text = oneOf(dice, [
    `The bakery on our street sold ${first} bread rolls on Saturday and ${second} on Sunday. How many rolls did it sell over the whole weekend?`,
    `Our library lent out ${first} books in spring and another ${second} in autumn. What do the two seasons come to when they are added up?`,
    `Last year the footbridge was crossed by ${first} cyclists and ${second} people on foot. Could you tell me how many crossings that makes altogether?`,
    `I am planning the seats for two concerts: ${first} people come on the first evening and ${second} on the second. How many seats is that over both evenings?`,
  ]);
  return { text, expects: { kind: 'number', value: first + second } };
}

/** A small product from which a few are taken away. */
function askRemainder(dice: Dice): Question {
  const [boxes, each, lost] = [between(dice, 15, 48), between(dice, 8, 24), between(dice, 3, 9)];
  const text = oneOf(dice, [
    `A truck brings ${boxes} crates with ${each} bottles in each of them, and ${lost} bottles arrive broken. How many whole bottles are left?`,
    `We planted ${boxes} rows of apple trees with ${each} trees in every row, but ${lost} of the trees did not survive the winter. How many are still growing?`,
    `A printer packed ${boxes} boxes of ${each} calendars each and then took ${lost} calendars out again as samples. How many calendars remain in the boxes?`,
  ]);
  return { text, expects: { kind: 'number', value: boxes * each - lost } };
}

const consonants = 'dklmnprvz';
const vowels = 'aeiou';

/** A made-up name of five letters, read from its end. The spelling is told, as models see words and not letters. */
function askBackwards(dice: Dice): Question {
  const letters = [consonants, vowels, consonants, vowels, consonants].map((set) => set.charAt(dice(set.length)));
  const name = letters.join('');
  const shown = name.charAt(0).toUpperCase() + name.slice(1);
  const spelling = letters.join('-').toUpperCase();
  const text = oneOf(dice, [
    `My neighbours have named their new boat ${shown}, which is spelled ${spelling}. What does the name become when it is written backwards, from the last letter to the first?`,
    `In a story that I am writing, a wizard called ${shown} (spelled ${spelling}) signs his letters with his name reversed. What does he sign with?`,
    `A small café is called ${shown}, spelled ${spelling}, and its sign is read from behind through the window, letter by letter in reverse. Which word do the guests inside read?`,
  ]);
  return { text, expects: { kind: 'word', word: letters.toReversed().join('') } };
}

const weekWords = ['two', 'three', 'four', 'five'] as const;

/** A date some weeks later. Spring to autumn only, so that no leap day and no new year comes in between. */
function askDate(dice: Dice): Question {
  const month = between(dice, 3, 10);
  const start: DayOfYear = { month, day: between(dice, 1, monthLength(month)) };
  const weeks = between(dice, 2, 5);
  const shown = `${start.day} ${monthNames[month - 1]}`;
  const span = `${weekWords[weeks - 2]} weeks`;
  const text = oneOf(dice, [
    `A parcel leaves the depot on ${shown} and reaches its village exactly ${span} later. On which day of which month does it arrive?`,
    `My cousin begins a holiday on ${shown} and comes back ${span} after that, on the same day of the week. What date is it then?`,
    `The seedlings were set out on ${shown} and need ${span} before they can be moved. From which date on can we move them?`,
  ]);
  return { text, expects: { kind: 'date', ...daysLater(start, weeks * 7) } };
}

/** A time of arrival before one o'clock, where the clocks of 12 and of 24 hours agree. */
function askArrival(dice: Dice): Question {
  const leavesMinutes = between(dice, 8 * 60, 10 * 60 + 29);
  const [hours, minutes] = [between(dice, 1, 2), between(dice, 11, 29)];
  const arrivesMinutes = leavesMinutes + hours * 60 + minutes;
  const leaves = `${String(Math.floor(leavesMinutes / 60)).padStart(2, '0')}:${String(leavesMinutes % 60).padStart(2, '0')}`;
  const span = `${hours} ${hours === 1 ? 'hour' : 'hours'} and ${minutes} minutes`;
  const text = oneOf(dice, [
    `The ferry leaves the harbour at ${leaves} in the morning and the crossing takes ${span}. At what time does it reach the island?`,
    `I put a stew on the stove at ${leaves} this morning and it has to simmer for ${span}. At what time will it be ready to serve?`,
    `A train departs at ${leaves} before noon and needs ${span} to the coast. Could you tell me when it gets there?`,
  ]);
  const expects = { kind: 'time', hour: Math.floor(arrivesMinutes / 60), minute: arrivesMinutes % 60 } as const;
  return { text, expects };
}
