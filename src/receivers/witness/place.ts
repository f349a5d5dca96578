import type { WitnessConfig } from '../../config/record-types.ts';
import { VERSION } from '../../lib/version.ts';
import type { LogStore } from '../../store/log-types.ts';
import { verifyCosignature } from '../../tlog/cosignature.ts';
import { LogFault } from '../../tlog/fault.ts';
import { parseVerifierKey, type VerifierKey } from '../../tlog/key.ts';
import { parseNote, signatureLine } from '../../tlog/note.ts';
import { type Posted, Poster } from '../places/http.ts';
import { NotTaken, type Place } from '../types.ts';
import { answeredLines, formatRequest, SIZE_TYPE, sizeOf } from './message.ts';
import { Prover } from './proof.ts';

/** Of an answer, bytes: some lines of signature. */
const MAX_ANSWER = 16_384;
/** A witness says what it has seen; it is asked once with what we think, and once with what it says. */
const TRIES = 2;

/** What the answer of a witness says beside a signature (C2SP tlog-witness, "add-checkpoint"). */
const REFUSED: Readonly<Record<number, string>> = {
  403: 'the witness does not know our key',
  404: 'the witness does not know our log',
  422: 'the witness says that the record was rewritten',
};

/** The line of the witness itself, of those that it answered with; others are ignored. Throws `NotTaken`. */
function cosignatureIn(checkpoint: string, answer: string, key: VerifierKey): string {
  try {
    const { text } = parseNote(checkpoint);
    const line = answeredLines(checkpoint, answer).find(({ name, id }) => name === key.name && id === key.id);
    if (line === undefined) throw new NotTaken('the witness did not sign with its key');
    verifyCosignature(text, line, key);
    return signatureLine(key, line.signature).trimEnd();
  } catch (error) {
    if (error instanceof LogFault) throw new NotTaken('the witness did not sign with its key');
    throw error;
  }
}

/** The size that a witness says it has seen; undefined: it says nothing of the kind. */
function seenIn({ type, body }: Posted): number | undefined {
  const isSizeType = type.split(';')[0]?.trim().toLowerCase() === SIZE_TYPE;
  return isSizeType && body !== null ? sizeOf(body.toString('latin1').replace(/\n$/, '')) : undefined;
}

/**
 * A witness as a place that takes heads (C2SP tlog-witness): it answers with its cosignature, which is kept. One that has seen a
 * larger log than ours, or another of the same size, takes nothing: somebody has put an older record in the place of ours.
 */
export function witness({ url, key: keyText, ca }: WitnessConfig, log: LogStore): Place {
  const key = parseVerifierKey(keyText);
  const poster = new Poster({ ca, client: null });
  const prover = new Prover(log);
  let seen = 0;
  return {
    async send({ to: size, items }, signal) {
      const { note } = JSON.parse(items[0]?.text ?? '{}') as { note: string }; // made by `headParcel`
      for (let tries = 0; tries < TRIES; tries += 1) {
        const old = Math.min(seen, size);
        const body = formatRequest({ old, proof: await prover.between(old, size), checkpoint: note });
        const headers = { 'content-type': 'text/plain; charset=utf-8', 'user-agent': `Sallyport/${VERSION}` };
        const answer = await poster.post({ url: `${url}/add-checkpoint`, headers, body, most: MAX_ANSWER }, signal);
        if (answer.status === 200) {
          const line = cosignatureIn(note, answer.body?.toString() ?? '', key);
          await log.putCosignature({ size, name: key.name, line });
          seen = size;
          return;
        }
        const other = answer.status === 409 ? seenIn(answer) : undefined;
        if (other === undefined) throw new NotTaken(REFUSED[answer.status] ?? `answered ${answer.status}`);
        if (other > (await log.state()).size) throw new NotTaken('the witness has seen a larger record');
        if (other === old) throw new NotTaken('the witness has seen another record of that size');
        seen = other;
        // It has seen a later head of ours already, by which this one is covered.
        if (other > size) return;
      }
      throw new NotTaken('the witness says another size each time');
    },
    close: () => poster.close(),
  };
}
