import { shown, shownLines } from './clean.ts';
import { ADDRESS, FACTS, LOGO, SENDER } from './place.ts';
import { below, given, lines, linesAtStart, NAMES, ours, type Sheet, SMALL } from './sheet.ts';

const MOST_ADDRESS = 6;
const LABEL = { best: 8, least: 6 };

/** Who writes: the logo at the left, above all that a window shows, the address at the right of it. */
export function drawSender(sheet: Sheet): void {
  const { paper, letter } = sheet;
  const { logo, name, address } = letter.sender;
  if (logo !== null) paper.within(LOGO, () => paper.logo(logo, LOGO));
  const texts = [given(shown(name), 'bold'), ...shownLines(address, MOST_ADDRESS).map((line) => given(line))];
  lines(sheet, texts, SENDER, SMALL);
}

/** What the window shows: at the left, whatever the direction of the page. */
export function drawAddress(sheet: Sheet): void {
  const { name, address, organisation } = sheet.letter;
  const known = shownLines(address, MOST_ADDRESS);
  const named = [shown(name), ...(known.length > 0 ? known : [shown(organisation.name)])];
  const said = named.filter((line) => line !== '');
  lines(
    sheet,
    said.map((line) => given(line)),
    ADDRESS,
    NAMES,
  );
}

/** Whom it is for, beside the window. */
export function drawFacts(sheet: Sheet, host: string): void {
  const { words, letter } = sheet;
  const said = [
    [words.facts.name, given(shown(letter.name), 'bold')],
    [words.facts.organisation, given(shown(letter.organisation.name))],
    [words.facts.site, { ...given(host), direction: 'ltr' }],
  ] as const;
  for (const [i, box] of FACTS.entries()) {
    const [label, value] = said[i] ?? said[0];
    ours(sheet, label, below(box, 0, 4.5), LABEL);
    linesAtStart(sheet, [value], below(box, 4.5), NAMES);
  }
}
