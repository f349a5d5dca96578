/**
 * Where things stand on the page, in mm from its upper left corner.
 *
 * The sheet is A4, folded twice to a third of its height (marks at 99 and 198 mm), for a DL envelope (110 × 220 mm) with a
 * window. Two windows are common, and the address is seen in either wherever the sheet slides (0 to 10 mm sideways, 0 to 11 mm
 * upwards or downwards):
 *
 * | window | on the envelope | always seen of the sheet | may be seen |
 * | --- | --- | --- | --- |
 * | United Kingdom, 90 × 35, 20 from the left, 18 from below | x 20–110, y 57–92 | x 20–100, y 57–81 | x 10–110, y 46–92 |
 * | DIN 680, 90 × 45, 20 from the left, 15 from below | x 20–110, y 50–95 | x 20–100, y 50–84 | x 10–110, y 39–95 |
 *
 * So the address has x 22–98, y 58–80 to itself, and nothing else stands in x 10–110, y 39–95. That is also within the field
 * for the recipient of DIN 5008 form B (x 20–105, y 45–90). The link and its code stand in the last third, which lies inside.
 *
 * Each thing has its place, and is clipped to it: no text can push or paint over another, least of all over the link.
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const PAGE: Box = { x: 0, y: 0, w: 210, h: 297 };
/** Heights of the folds, and how long their marks are at the left edge; printers leave the first 4 mm white. */
export const FOLDS: readonly number[] = [99, 198];
export const FOLD_MARK = { from: 5, to: 9 } as const;
/** What may be seen through a window; the address alone stands there. */
export const SEEN: Box = { x: 10, y: 39, w: 100, h: 56 };
/** What is seen through either window however the sheet lies. */
export const ALWAYS_SEEN: Box = { x: 20, y: 57, w: 80, h: 24 };

export const ADDRESS: Box = { x: 22, y: 58, w: 76, h: 22 };
export const LOGO: Box = { x: 22, y: 14, w: 80, h: 18 };
export const SENDER: Box = { x: 122, y: 14, w: 66, h: 34 };
/** Name, organisation and site, one below the other. */
export const FACTS: readonly Box[] = [55, 67, 79].map((y) => ({ x: 122, y, w: 66, h: 11 }));

export const SUBJECT: Box = { x: 22, y: 102, w: 166, h: 9 };
export const INTRO: Box = { x: 22, y: 111.5, w: 166, h: 16 };
/** The circle of a step's number, at the side where lines begin, takes 10 of its width. */
export const STEPS: readonly Box[] = [130, 147.5, 165].map((y) => ({ x: 22, y, w: 166, h: 16 }));
export const NUMBER = 10;
export const UNTIL: Box = { x: 22, y: 183, w: 166, h: 12 };

export const LINK: Box = { x: 22, y: 203, w: 166, h: 50 };
/** The code with its quiet zone, a square, 2 from the frame at the side where lines begin. */
export const CODE = 46;
export const CODE_GAP = 2;
/** What stands beside the code, from the top of the frame downwards. */
export const TYPED = { w: 112, label: { y: 3, h: 9 }, text: { y: 12, h: 20.5 }, note: { y: 33, h: 9 } } as const;
export const SIGNS = { y: 42, h: 7 } as const;

/** Two columns: what to do when it is not theirs, and whom to ask. */
export const NOT_YOURS: Box = { x: 22, y: 256, w: 80, h: 29 };
export const HELP: Box = { x: 108, y: 256, w: 80, h: 29 };

/** Points in a mm. */
export const MM = 72 / 25.4;

/** The same place seen in a mirror, where lines begin at the right. */
export function mirrored(box: Box): Box {
  return { ...box, x: PAGE.w - box.x - box.w };
}
