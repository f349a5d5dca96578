import { configurations } from './configurations.ts';
import { Dice } from './dice.ts';
import { Life } from './lives.ts';
import { story } from './stories.ts';
import { DAY, type Deed, type Joining, type Plan, type Step } from './types.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Client organisations; the last joins in spring. */
export const ORGANISATIONS = [
  'Ashbourne Surgery',
  'Birchwood Practice',
  'Cedar Road Clinic',
  'Dale Dental',
  'Elm Surgery',
  'Fernhill Hospice',
  'Glebe Pharmacy',
  'Hillcrest Health Centre',
  'Ivybank Care',
  'Junction Physiotherapy',
  'Kingfisher Ambulance',
  'Larkfield Community Trust',
] as const;
const LATE = ORGANISATIONS[11];
const LATE_DAY = 70;

export interface PlanWish {
  readonly seed: number;
  readonly accounts: number;
  /** First moment of the day after the last, UTC. */
  readonly to: number;
  readonly days: number;
}

/** Steps as they are put down, in any order. */
class Book {
  readonly from: number;
  readonly #steps: Step[] = [];

  constructor(from: number) {
    this.from = from;
  }

  put = (at: number, deed: Deed): void => {
    this.#steps.push({ ...deed, at });
  };

  on(day: number, hours: number, deed: Deed): void {
    this.put(this.from + day * DAY + Math.round(hours * HOUR), deed);
  }

  /** In order, each at a second of its own; what would come after the end does not happen. */
  until(to: number): Step[] {
    const sorted = this.#steps.map((step, i) => ({ step, i })).sort((a, b) => a.step.at - b.step.at || a.i - b.i);
    let last = 0;
    const spread = sorted.map(({ step }) => {
      last = Math.max(step.at, last + 1000);
      return { ...step, at: last };
    });
    return spread.filter(({ at }) => at < to);
  }
}

/** Accounts are called by their organisation and a number: nobody's names. */
const nameOf = (organisation: string, n: number): string =>
  `${organisation.split(' ')[0]?.toLowerCase() ?? ''}${String(n).padStart(4, '0')}`;

/** When who joins: most on the first day by a list, the others through the year, those of the last organisation at once. */
function joinings(dice: Dice, accounts: number, days: number): { readonly day: number; readonly person: Joining }[] {
  return Array.from({ length: accounts }, (_, n) => {
    const organisation = ORGANISATIONS[n % ORGANISATIONS.length] ?? ORGANISATIONS[0];
    const first = organisation === LATE ? LATE_DAY : 0;
    const day = dice.chance(0.6) ? first : dice.between(first + 1, days);
    return { day, person: { who: nameOf(organisation, n), organisation } };
  });
}

function people(book: Book, dice: Dice, wish: PlanWish): void {
  const all = joinings(dice, wish.accounts, wish.days);
  const others: readonly [string, ...string[]] = [ORGANISATIONS[0], ...ORGANISATIONS.slice(1, 11)];
  for (const first of [0, LATE_DAY]) {
    const listed = all.filter(({ day }) => day === first).map(({ person }) => person);
    if (listed.length > 0) book.on(first, 6, { do: 'import', people: listed });
  }
  for (const { day, person } of all) {
    const listed = day === 0 || day === LATE_DAY;
    const at = book.from + day * DAY + (listed ? 6.5 : dice.between(7, 12)) * HOUR + dice.between(0, 40) * MINUTE;
    if (!listed) book.put(at, { do: 'join', person });
    story(new Life(dice, person, at + MINUTE, book.put), dice, others);
  }
}

/** Somebody of whom it is said what happens, and on which day they join. */
function known(book: Book, dice: Dice, person: Joining, day: number): Life {
  const at = book.from + day * DAY + 8 * HOUR;
  book.put(at, { do: 'join', person });
  return new Life(dice, person, at + MINUTE, book.put);
}

const PAST = 'birchwood-past';

/** What has to be there in every year, whatever the dice say. */
function certain(book: Book, dice: Dice): void {
  // A device that somebody tries to guess until it is ended; there were no codes yet. Enrolled again a week later.
  const guessed = known(book, dice, { who: 'ashbourne-guessed', organisation: ORGANISATIONS[0] }, 20);
  guessed.later(0, 0).invite(24);
  guessed.enrolHalf(['totp']);
  guessed.later(2, 4).tryUntilEnded();
  guessed.later(7, 7).invite(72);
  guessed.later(1, 1).enrolWith(['passkey']);
  guessed.later(3, 9).signIn();
  // Codes alone where a passkey is asked for from the 120th day on, with a link to enrol one.
  const weak = known(book, dice, { who: 'elm-weak', organisation: 'Elm Surgery' }, 30);
  weak.later(0, 0).invite(24);
  weak.enrolWith(['totp']);
  weak.later(95, 95).invite(168);
  // Use the app as they should, and one who is in its own list, goes there, and never came here.
  for (const [who, kind] of [
    ['fernhill-keen', 'passkey'],
    ['junction-keen', 'totp'],
  ] as const) {
    const keen = known(
      book,
      dice,
      { who, organisation: who.startsWith('f') ? ORGANISATIONS[5] : ORGANISATIONS[9] },
      300,
    );
    keen.later(0, 0).invite(24);
    keen.enrolWith([kind]);
    for (let left = 3; left > 0; left -= 1) keen.later(9, 18).visit();
  }
  const past = known(book, dice, { who: PAST, organisation: ORGANISATIONS[1] }, 12);
  past.later(1, 1).invite(168);
  past.later(320, 325).goPast(3);
  past.later(2, 9).goPast(5);
}

/** What concerns everybody. Nights, when nobody does anything. */
function events(book: Book, days: number): void {
  for (const name of ORGANISATIONS)
    book.on(name === LATE ? LATE_DAY : 0, name === LATE ? 5 : 1, { do: 'organisation', name });
  for (const { day, deed } of configurations(book.from)) book.on(day, 0.5, deed);
  const restrict = (day: number, organisation: string, restriction: Extract<Deed, { do: 'restrict' }>['restriction']) =>
    book.on(day, 4, { do: 'restrict', organisation, restriction });
  restrict(120, 'Elm Surgery', { require: 'passkey', apps: null });
  restrict(180, 'Elm Surgery', { require: null, apps: null });
  restrict(140, 'Glebe Pharmacy', { require: null, apps: ['records', 'rota'] });
  book.on(160, 4, { do: 'rename-organisation', name: 'Cedar Road Clinic', to: 'Cedar Road Medical Centre' });
  book.on(110, 3, { do: 'revoke-app', app: 'desktop' });
  const until = book.from + 200 * DAY + 4 * HOUR;
  book.on(200, 2, { do: 'lock-down', reason: 'a password of ours was found in the open', until });
  book.on(200, 3, { do: 'lock-down-over' });
  book.on(90, 3, { do: 'new-key' });
  for (let day = 30; day < days; day += 30) book.on(day, 3.5, { do: 'tidy' });
}

/** A year of an estate, the same for the same wish. */
export function planOf(wish: PlanWish): Plan {
  const from = wish.to - wish.days * DAY;
  const book = new Book(from);
  const dice = new Dice(wish.seed);
  events(book, wish.days);
  people(book, dice, wish);
  certain(book, dice);
  return { from, to: wish.to, steps: book.until(wish.to), past: { who: PAST, app: 'rota' }, open: 'rota' };
}
