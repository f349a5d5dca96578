import { shown } from './clean.ts';
import { HELP, INTRO, NOT_YOURS, NUMBER, STEPS, SUBJECT, UNTIL } from './place.ts';
import { BODY, below, blockAtStart, disc, given, linesAtStart, ours, type Sheet, SMALL, sided } from './sheet.ts';
import { momentIn } from './words.ts';

const TITLE = { best: 16, least: 11, weight: 'bold' } as const;
/** What is kept free for the line that says how to reach those who run the site, mm. */
const REACH = 4.6;
const HEADING = { best: 10, least: 7, weight: 'bold' } as const;

/** What to do, in the middle of the page. */
export function drawBody(sheet: Sheet): void {
  const { words } = sheet;
  ours(sheet, words.subject, SUBJECT, TITLE);
  ours(sheet, words.intro, INTRO, BODY);
  const steps = [words.steps.open, words.steps.follow, words.steps.keep];
  for (const [i, box] of STEPS.entries()) {
    disc(sheet, String(i + 1), sided(sheet, { ...box, w: 6 }));
    const text = sided(sheet, { ...box, x: box.x + NUMBER, w: box.w - NUMBER });
    ours(sheet, steps[i] ?? '', text, BODY);
  }
}

/** Until when the link works. */
export function drawUntil(sheet: Sheet): void {
  const { words, letter, dir } = sheet;
  ours(sheet, words.until, below(UNTIL, 0, 5.2), BODY);
  const text = momentIn(letter.expiresAt, letter.language, letter.timeZone);
  linesAtStart(sheet, [{ text, weight: 'bold', direction: dir }], below(UNTIL, 5.4), { best: 12, least: 7 });
}

/** What to do when it is not theirs. */
export function drawNotYours(sheet: Sheet): void {
  const { words } = sheet;
  const box = sided(sheet, NOT_YOURS);
  ours(sheet, words.notYours, below(box, 0, 5.2), HEADING);
  const high = ours(sheet, words.notYoursText, below(box, 5.6, 10), SMALL);
  ours(sheet, words.secret, below(box, 5.6 + high + 1.5, 11), SMALL);
}

/** Whom to ask: the organisation, then those who run the site. What is long takes no room from what follows it. */
export function drawHelp(sheet: Sheet): void {
  const { words, letter } = sheet;
  const { help, organisation } = letter;
  const box = sided(sheet, HELP);
  ours(sheet, words.help, below(box, 0, 5.2), HEADING);
  let at = 5.6;
  const contact = shown(organisation.contact);
  if (contact !== '') {
    linesAtStart(sheet, [given(shown(organisation.name)), given(contact)], below(box, at, 9), SMALL);
    at += 9.4;
  }
  const reach = shown(help.contact);
  const text = shown(help.text);
  if (text !== '') at += blockAtStart(sheet, given(text), below(box, at, box.h - REACH - at), SMALL);
  if (reach !== '') linesAtStart(sheet, [given(reach)], below(box, at, REACH), SMALL);
}
