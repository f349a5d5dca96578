import { parentPort, workerData } from 'node:worker_threads';
import { asSallyportError } from '../../../errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import { systemRandom } from '../../../lib/random.ts';
import { exportEvidence } from '../../../pack/export.ts';
import { openSealedStore } from '../../../store/open-sealed.ts';
import type { Ordered, Said } from './apart.ts';

/** The thread of apart.ts: writes the pack that it was told of, a piece each time that it is asked for one. */
const say = (said: Said): void => parentPort?.postMessage(said, 'piece' in said ? [said.piece.buffer] : []);

/** Goes on from the moment that it was told. */
function clockFrom(now: number): Clock {
  const begun = performance.now();
  return { now: () => now + Math.round(performance.now() - begun), monotonic: () => performance.now() };
}

async function* pack({ place, plan, actor, now }: Ordered): AsyncGenerator<Buffer, void, undefined> {
  const clock = clockFrom(now);
  const { store, seal } = await openSealedStore(place, { clock, random: systemRandom });
  try {
    yield* exportEvidence({ store, seal, clock, random: systemRandom, actor }, plan);
  } finally {
    await store.close();
  }
}

// Of the form that apart.ts gives it, in the same process.
const pieces = pack(workerData as Ordered);
parentPort?.on('message', async () => {
  try {
    const { value } = await pieces.next();
    // A copy: what is handed over is the whole of its buffer, which may be of others too.
    say(value === undefined ? { over: true } : { piece: new Uint8Array(value) });
  } catch (error) {
    const { message, code } = asSallyportError(error);
    say({ failed: message, code });
  }
});
