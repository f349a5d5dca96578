import { PackFault } from './fault.ts';
import { parseJson } from './lines.ts';

export const FORMAT = 'sallyport evidence v1';
export const MANIFEST = 'manifest.json';
export const SIGNED = 'manifest.note';
/** Ten years, and leap days, ms. */
export const MAX_RANGE = 3653 * 86_400_000;

export interface FileLine {
  readonly name: string;
  /** Bytes of the file itself, and of it as it is packed; the SHA-256 of either in hexadecimal. */
  readonly size: number;
  readonly sha256: string;
  readonly packed: number;
  readonly packedSha256: string;
}

/** What a pack says that it is. Moments in ms since 1970. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly made: number;
  /** First moment and first moment after the range. */
  readonly from: number;
  readonly to: number;
  /** The one organisation that the pack is about; null: all. */
  readonly organisation: { readonly id: string; readonly name: string } | null;
  /** Names, addresses and sources are hidden. */
  readonly redacted: boolean;
  /** The head that all rests on; root in base64. */
  readonly size: number;
  readonly root: string;
  /** Verifier key of the log. */
  readonly key: string;
  /** Versions that made it. */
  readonly sallyport: string;
  readonly node: string;
  readonly files: readonly FileLine[];
}

type Fields = Readonly<Record<string, unknown>>;

/** An object with exactly these fields, each as its judge says. */
export function hasForm(value: unknown, form: Readonly<Record<string, (value: unknown) => boolean>>): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  const fields = value as Fields; // an object, judged field by field
  return (
    names.length === Object.keys(form).length &&
    names.every((name) => Object.hasOwn(form, name) && form[name]?.(fields[name]) === true)
  );
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
export const isText = (value: unknown): value is string => typeof value === 'string';
/** The end of the year 9999: later moments have another form. */
const LAST_MOMENT = 253_402_300_799_999;
export const isMoment = (value: unknown): boolean => isCount(value) && value <= LAST_MOMENT;
const isDigest = (value: unknown) => isText(value) && /^[0-9a-f]{64}$/.test(value);

const isFile = (value: unknown) =>
  hasForm(value, { name: isText, size: isCount, sha256: isDigest, packed: isCount, packedSha256: isDigest });

const isOrganisation = (value: unknown) => value === null || hasForm(value, { id: isText, name: isText });

/** Reads `manifest.json`. Throws `PackFault`. */
export function parseManifest(text: string): Manifest {
  const value = parseJson(text);
  const form = {
    format: (format: unknown) => format === FORMAT,
    made: isMoment,
    from: isMoment,
    to: isMoment,
    organisation: isOrganisation,
    redacted: (redacted: unknown) => typeof redacted === 'boolean',
    size: isCount,
    root: isText,
    key: isText,
    sallyport: isText,
    node: isText,
    files: (files: unknown) => Array.isArray(files) && files.every(isFile),
  };
  if (!hasForm(value, form)) throw new PackFault({ file: MANIFEST }, 'The manifest is not that of an evidence pack.');
  const manifest = value as unknown as Manifest; // judged field by field
  if (manifest.from >= manifest.to || manifest.to - manifest.from > MAX_RANGE)
    throw new PackFault({ file: MANIFEST, what: 'from' }, 'The range of the pack is empty, or longer than any.');
  return manifest;
}

/** The text that the key of the log signs: `digest` is the SHA-256 of the manifest, in hexadecimal. */
export function signedText(digest: string): string {
  return `${FORMAT}\n${digest}\n`;
}
