/** Least contrast of text, WCAG 2.2 §1.4.3 (level AA). */
export const LEAST_CONTRAST = 4.5;

/**
 * The grounds that links stand on, of cards and of pages; src/web/assets/pages.css has the same. A colour that reads on
 * these bears readable text as well: white where it is for light ground, our ink where it is for dark.
 */
export const GROUNDS = { light: ['#ffffff', '#f3f5f6'], dark: ['#182026', '#0f1519'] } as const;

type Scheme = keyof typeof GROUNDS;
type Rgb = readonly number[];

function parse(colour: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

function format(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance (WCAG 2.2, glossary): 0 for black to 1 for white. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = parse(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours `#rrggbb` (WCAG 2.2, glossary): 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** The ground on which a colour reads worst, with the contrast there. */
export function worstGround(colour: string, scheme: Scheme): { ground: string; ratio: number } {
  const [first, second] = GROUNDS[scheme].map((ground) => ({ ground, ratio: contrast(colour, ground) }));
  if (first === undefined || second === undefined) throw new TypeError('every scheme has two grounds');
  return first.ratio <= second.ratio ? first : second;
}

/** The nearest colour towards black (light grounds) or white (dark grounds) that has the contrast. */
export function readable(colour: string, scheme: Scheme): string {
  const end = scheme === 'light' ? 0 : 255;
  const from = parse(colour);
  for (let step = 0; step <= 100; step++) {
    const mixed = format(from.map((part) => part + ((end - part) * step) / 100));
    if (worstGround(mixed, scheme).ratio >= LEAST_CONTRAST) return mixed;
  }
  throw new TypeError('black and white read on every ground');
}
