import { compareMany, shown } from './run.ts';

/**
 * `npm run fuzz:answers -- [count] [first seed] [most seconds]`: a million changed answers of apps, each read by us, by Node and by
 * undici. Ends with 1 where we took what one of them refuses, or understood it in another way.
 */
const [count = 1_000_000, first = Date.now() % 1_000_000_000, seconds = 3600] = process.argv.slice(2).map(Number);
console.log(`${count} answers from seed ${first} on, for ${seconds} s at most`);
const { differences, tally } = await compareMany(first, count, seconds * 1000);
const list = (of: ReadonlyMap<string, number>): string => [...of].map(([what, n]) => `    ${n} × ${what}\n`).join('');
console.log(`  ${tally.cases} read: ${tally.alike} understood by all alike, ${tally.refused} refused by us
  of ${tally.asked} of these the others took:\n${list(tally.stricter)}  not compared:\n${list(tally.apart)}`);
for (const difference of differences) console.log(shown(difference));
if (tally.cases < count) console.log('  the time was over before all were read');
process.exit(differences.length === 0 ? 0 : 1);
