import type { Dice } from './dice.ts';
import type { Life } from './lives.ts';

/** How long links live that are handed out, hours. */
const LINKS = [24, 72, 168] as const;

function invited(life: Life, dice: Dice): void {
  life.later(0, 6).invite(dice.one(LINKS));
}

/** Comes in by a link; some let the first one run out. */
function enrolled(life: Life, dice: Dice): void {
  invited(life, dice);
  if (dice.chance(0.15)) {
    life.later(9, 40);
    life.invite(dice.one(LINKS));
  }
  life.enrol();
}

function visits(life: Life, dice: Dice, most: number): void {
  for (let left = dice.between(1, most); left > 0; left -= 1) life.later(1, 90).signIn();
}

/** What becomes of somebody who is in. Each leaves them able to sign in, unless it is the last thing. */
const TURNS: readonly (readonly [share: number, turn: (life: Life, dice: Dice) => void])[] = [
  [0.22, (life) => life.later(5, 120).add()],
  [
    0.08,
    (life) => {
      life.later(5, 120).add();
      life.later(1, 60).clearOut();
    },
  ],
  [0.05, (life) => life.later(5, 120).rename()],
  [0.05, (life) => life.later(5, 120).newCodes()],
  [0.07, (life) => life.later(1, 120).recover()],
  [
    0.09,
    (life, dice) => {
      life.later(5, 150).lose();
      const roll = dice.roll();
      if (roll < 0.2) life.later(1, 9).comeBack();
      if (roll < 0.6) {
        life.later(0, 2).invite(24);
        life.enrol();
      }
    },
  ],
  // A reset for somebody who has a device still: what they had stays.
  [
    0.06,
    (life) => {
      life.later(5, 150).invite(24);
      life.enrol();
    },
  ],
  [0.05, (life) => life.later(5, 200).revoke()],
  [0.04, (life) => life.later(5, 200).mistype()],
];

function turn(life: Life, dice: Dice): void {
  let roll = dice.roll();
  for (const [share, happens] of TURNS) {
    if (roll < share) {
      happens(life, dice);
      return;
    }
    roll -= share;
  }
}

function endings(life: Life, dice: Dice): void {
  const roll = dice.roll();
  if (roll < 0.7) return;
  life.later(10, 160);
  if (roll > 0.95) {
    life.leave();
    return;
  }
  life.disable();
  if (roll < 0.76) {
    life.later(2, 60).enable();
    // What they had is there again, unless it was lost before.
    if (dice.chance(0.5)) life.later(1, 30).revoke();
    return;
  }
  if (roll < 0.84) life.later(20, 90).leave();
}

/** Is hardly seen: not invited, invited in vain, gone before the last step, or the link was taken back. */
function absent(life: Life, dice: Dice): void {
  const roll = dice.roll();
  if (roll < 0.35) return;
  invited(life, dice);
  if (roll > 0.9) {
    life.enrolHalf(roll > 0.95 ? ['totp'] : []);
    return;
  }
  if (roll < 0.5) life.later(0, 1).uninvite();
  for (let again = dice.between(0, 3); again > 0; again -= 1) {
    life.later(15, 120);
    life.invite(dice.one(LINKS));
  }
  if (dice.chance(0.2)) life.later(20, 100).disable();
}

function present(life: Life, dice: Dice, others: readonly [string, ...string[]]): void {
  enrolled(life, dice);
  visits(life, dice, 3);
  if (dice.chance(0.7)) turn(life, dice);
  if (dice.chance(0.03)) life.later(1, 40).move(dice.one(others));
  endings(life, dice);
}

/** One person's year. `others`: where people move to. */
export function story(life: Life, dice: Dice, others: readonly [string, ...string[]]): void {
  if (dice.chance(0.04)) life.later(0, 60).move(dice.one(others));
  if (dice.chance(0.14)) absent(life, dice);
  else present(life, dice, others);
}
