import { encode } from 'fast-png';
import { letters } from '../../../src/letters/letters.ts';
import type { Letter } from '../../../src/letters/types.ts';
import type { LanguageCode } from '../../../src/lib/languages.ts';

export const MADE_AT = Date.UTC(2026, 10, 29, 9, 30);

/** A PNG of so many pixels, its right half transparent. */
export function png(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    data.set([10, 60, 160, pixel % width < width / 2 ? 255 : 0], pixel * 4);
  return encode({ width, height, data, channels: 4, depth: 8 });
}

const LOGO = png(120, 40);

export function letter(language: LanguageCode, more: Partial<Letter> = {}): Letter {
  return {
    name: 'Siân Ŵyn-Llewelyn',
    address: ['Practice Manager', '14 Heol y Frenhines', 'Caerdydd', 'CF10 2BU'],
    organisation: { name: 'Tŷ Ffynnon Health Centre', contact: 'Front desk: 01632 960 001' },
    sender: { name: 'Cwm Care Systems', address: ['2 Canal Wharf', 'Leeds', 'LS11 5PS'], logo: LOGO },
    link: 'https://portal.example.org/.sallyport/enrol/aB3d-F0hIjKlMn1OpQ_sTuVwXyZ',
    expiresAt: Date.UTC(2026, 11, 4, 17, 0),
    language,
    timeZone: 'Europe/London',
    help: { text: 'The help desk answers on weekdays from 8 to 18.', contact: '01632 960 002' },
    ...more,
  };
}

/** The whole PDF. */
export async function written(items: Iterable<Letter>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of letters(items, { madeAt: MADE_AT })) pieces.push(piece);
  return Buffer.concat(pieces);
}
