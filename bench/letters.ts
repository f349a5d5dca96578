import { letters } from '../src/letters/letters.ts';
import type { Letter } from '../src/letters/types.ts';
import { LANGUAGES, type LanguageCode } from '../src/lib/languages.ts';

/**
 * `npm run bench:letters`: letters a second, in each language, with what they take of a processor and of the disk. Every letter has a
 * name, an address and a link of its own, so that nothing of them is kept from the one before.
 */

const MANY = 1000;
/** Enough for the machine to have its code ready. */
const FIRST = 50;

function letter(language: LanguageCode, i: number): Letter {
  const own = Math.imul(i + 1, 2_654_435_761).toString(36);
  const name = language === 'ar' ? `ليلى عبد الرحمن ${own}` : `Siân Llewelyn ${own}`;
  return {
    name,
    address: ['Practice Manager', `${i} Heol y Frenhines`, 'Caerdydd', 'CF10 2BU'],
    organisation: { name: `Tŷ Ffynnon ${i % 658}`, contact: '01632 960 001' },
    sender: { name: 'Cwm Care Systems', address: ['2 Canal Wharf', 'Leeds', 'LS11 5PS'], logo: null },
    link: `https://portal.example.org/.sallyport/enrol/${`${own}${own}aB3d-F0hIjKlMn1OpQ_sTuVwXyZ`.slice(0, 27)}`,
    expiresAt: Date.UTC(2026, 11, 4, 17, 0),
    language,
    timeZone: 'Europe/London',
    help: { text: 'The help desk answers on weekdays from 8 to 18.', contact: '01632 960 002' },
  };
}

function* some(language: LanguageCode, count: number): Generator<Letter> {
  for (let i = 0; i < count; i += 1) yield letter(language, i);
}

async function bytesOf(language: LanguageCode, count: number): Promise<number> {
  let bytes = 0;
  for await (const piece of letters(some(language, count), { madeAt: 0, language })) bytes += piece.length;
  return bytes;
}

for (const { code } of LANGUAGES) {
  await bytesOf(code, FIRST);
  const since = performance.now();
  const before = process.cpuUsage();
  const bytes = await bytesOf(code, MANY);
  const seconds = (performance.now() - since) / 1000;
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1e6;
  process.stdout.write(
    `${code}  ${MANY} letters in ${seconds.toFixed(1)} s (${(MANY / seconds).toFixed(0)} a second), ` +
      `${processor.toFixed(1)} s of a processor, ${(bytes / MANY / 1024).toFixed(1)} KiB each\n`,
  );
}
