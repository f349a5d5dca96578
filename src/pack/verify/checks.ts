import { PackFault, type Where } from './fault.ts';

/** What is looked at, in this order, and what it means when it holds. */
export const CHECKS = {
  zip: 'The file is a ZIP with the parts of a pack, and has no byte besides them.',
  manifest: 'The manifest says what the pack is about, and lists every other file.',
  signature: 'The manifest is signed by the key of the log.',
  digests: 'Every file is, byte for byte, the one that the manifest lists.',
  checkpoint: 'The head on which all rests is signed by the key of the log, and is the one that the manifest names.',
  history:
    'Each older head is signed, and proven to be a beginning of the same record: nothing was rewritten between them.',
  yours: 'The head that you hold is proven to be a beginning of the same record.',
  entries: 'Every entry that is shown is complete in its form, and its leaf follows from what is shown of it.',
  tree: 'The entries that are shown and the rest of the tree cover the record once, and have the root that was signed.',
  documents: 'Every document is the one that an entry names by its digest.',
  statements:
    'Every statement follows from the entries that are shown, by the rules, and names those on which it rests.',
  software: 'What sbom.json is to the software that was in force in the range is said by the digests on record.',
  tables:
    'The tables and the answers of report.html say what the statements say. Its other words, and the PDF, are as whoever made the pack wrote them.',
} as const;

export type CheckId = keyof typeof CHECKS;

export interface Check {
  readonly check: CheckId;
  /** null: not looked at. */
  readonly ok: boolean | null;
  readonly where: Where | null;
  /** A sentence. */
  readonly says: string;
}

const UNSEEN = 'Not looked at, since what it rests on does not hold.';

/** What came of each check, in the order of `CHECKS`. */
export class Checks {
  readonly #done = new Map<CheckId, Check>();
  readonly #onCheck: (check: Check) => void;

  constructor(onCheck: (check: Check) => void = () => undefined) {
    this.#onCheck = onCheck;
  }

  #put(check: Check): void {
    this.#done.set(check.check, check);
    this.#onCheck(check);
  }

  /** Does one; undefined where it does not hold. Throws nothing. */
  async look<T>(id: CheckId, work: () => Promise<T> | T): Promise<T | undefined> {
    try {
      const value = await work();
      this.#put({ check: id, ok: true, where: null, says: CHECKS[id] });
      return value;
    } catch (error) {
      const isFault = error instanceof PackFault;
      // Whatever else goes wrong is no proof of anything: it is told as what was not shown to hold.
      const says = isFault ? error.message : 'The verifier could not go on: the pack is not as any of ours.';
      this.#put({ check: id, ok: false, where: isFault ? error.where : null, says });
      return undefined;
    }
  }

  /** One that holds, in words of its own. */
  tell(id: CheckId, says: string): void {
    this.#put({ check: id, ok: true, where: null, says });
  }

  /** One that nobody asked for. */
  leave(id: CheckId, says: string): void {
    this.#put({ check: id, ok: null, where: null, says });
  }

  all(): Check[] {
    const ids = Object.keys(CHECKS) as CheckId[]; // of the literal above
    return ids.map((id) => this.#done.get(id) ?? { check: id, ok: null, where: null, says: UNSEEN });
  }
}
