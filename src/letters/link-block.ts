import { codeOf } from './code.ts';
import type { Fitted, Text } from './fit.ts';
import { type Line, lineOfText } from './lines.ts';
import { signsIn, type TypedLink } from './link.ts';
import { type Box, CODE, CODE_GAP, LINK, MM, SIGNS, TYPED } from './place.ts';
import { below, ours, type Sheet, SMALL, sided } from './sheet.ts';
import { type Plan, planLink } from './typed.ts';

const INK = { align: 'left', ink: 'black', isOurs: false } as const;
const mono = (text: string): Text => ({ text, weight: 'mono', direction: 'ltr' });

function drawCode(sheet: Sheet, link: string): void {
  const box = sided(sheet, { x: LINK.x + CODE_GAP, y: LINK.y + CODE_GAP, w: CODE, h: CODE });
  const { size, runs } = codeOf(link);
  sheet.paper.blocks(box, CODE / size, runs);
}

/** A line of the plan, in the fixed font; never cut, since the plan has counted its characters. */
function drawMono(sheet: Sheet, text: string, box: Box, size: number): void {
  const fitted: Fitted = { lines: [lineOfText(text, mono(''))], size, leading: box.h * MM };
  sheet.paper.text(fitted, box, INK);
}

/** The link as it is typed: from left to right on every page. */
function drawTyped(sheet: Sheet, plan: Plan, box: Box): void {
  let { y } = box;
  for (const line of plan.address) {
    drawMono(sheet, line, { ...box, y, h: plan.addressHeight }, plan.addressSize);
    y += plan.addressHeight;
  }
  y += plan.gap;
  for (const row of plan.rows) {
    for (const [i, group] of row.entries()) {
      const cell = { x: box.x + i * (plan.cell + plan.gap), y, w: plan.cell, h: plan.rowHeight };
      sheet.paper.ground({ ...cell, w: (plan.cell * group.length) / plan.perGroup });
      drawMono(sheet, group, { ...cell, x: cell.x + plan.inset, w: cell.w - plan.inset }, plan.secretSize);
    }
    y += plan.rowHeight + plan.gap;
  }
}

/** Characters that look alike, each with its name, as many in a row as fit. */
function drawSigns(sheet: Sheet, link: TypedLink, box: Box): void {
  const { words, dir, paper } = sheet;
  const size = 7.5;
  const height = box.h / 2;
  let used = 0;
  let row = 0;
  for (const [character, sign] of signsIn(link)) {
    const texts: readonly Line[] = [
      lineOfText(character, mono('')),
      lineOfText(words.signs[sign], { weight: 'regular', direction: dir }),
    ];
    const wide = texts.reduce((all, line) => all + (line.width * size) / MM + 1, 0) + 2;
    if (used > 0 && used + wide > box.w) [used, row] = [0, row + 1];
    for (const line of texts) {
      const w = (line.width * size) / MM;
      const x = dir === 'rtl' ? box.x + box.w - used - w : box.x + used;
      paper.text(
        { lines: [line], size, leading: height * MM },
        { x, y: box.y + row * height, w: w + 0.2, h: height },
        INK,
      );
      used += w + 1;
    }
    used += 2;
  }
}

/** The code, and beside it the link to type, what it is typed like, and which of its characters look alike. */
export function drawLink(sheet: Sheet, link: TypedLink): void {
  const { paper, letter, words } = sheet;
  paper.frame(LINK);
  drawCode(sheet, letter.link);
  const left = LINK.x + CODE_GAP + CODE + CODE_GAP;
  const beside = sided(sheet, { ...LINK, x: left, w: TYPED.w });
  ours(sheet, words.type, below(beside, TYPED.label.y, TYPED.label.h), SMALL);
  drawTyped(sheet, planLink(link, TYPED.w, TYPED.text.h), below(beside, TYPED.text.y, TYPED.text.h));
  ours(sheet, words.note, below(beside, TYPED.note.y, TYPED.note.h), { ...SMALL, weight: 'bold' });
  drawSigns(sheet, link, below(beside, SIGNS.y, SIGNS.h));
}
