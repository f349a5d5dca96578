import { hash, type KeyObject } from 'node:crypto';
import { SallyportError } from '../errors.ts';
import type { Random } from '../lib/random.ts';
import type { LogKeyRow } from '../store/log-types.ts';
import type { Seal } from '../store/seal.ts';
import { fromBase64 } from '../tlog/base64.ts';
import {
  ED25519,
  privateKeyOf,
  rawPublicKey,
  type Signer,
  signer,
  type VerifierKey,
  verifierKey,
} from '../tlog/key.ts';

const SEED_BYTES = 32;
const ID_DIGITS = 16;

const place = (row: string) => ({ table: 'log_keys', column: 'private_key', row });

const idOf = (publicKey: Uint8Array) => hash('sha256', publicKey, 'hex').slice(0, ID_DIGITS);

/** The name of the key and origin of the log: it needs no configuration, and is no other log's (docs/decisions/0051). */
const nameOf = (id: string) => `sallyport.record/${id}`;

/** A new key for a log, its private half sealed to its row. */
export function newLogKey(seal: Pick<Seal, 'seal'>, random: Random, createdAt: number): LogKeyRow {
  const seed = Buffer.from(random(SEED_BYTES));
  const publicKey = rawPublicKey(privateKeyOf(seed));
  const id = idOf(publicKey);
  const privateKey = seal.seal(seed.toString('base64'), place(id));
  return { id, publicKey: publicKey.toString('base64'), privateKey, createdAt };
}

/** What verifies the heads of the log that has this key. Throws `keys-unavailable` for a row that was altered. */
export function logVerifier(row: LogKeyRow): VerifierKey {
  const publicKey = fromBase64(row.publicKey, SEED_BYTES);
  if (publicKey === undefined || idOf(publicKey) !== row.id)
    throw new SallyportError('keys-unavailable', 'The public key of the log is not the one that it is named after.');
  return verifierKey(nameOf(row.id), ED25519, publicKey);
}

/** What signs them. Throws `keys-unavailable` or `sealed-value-invalid` when the private half is not that of the public one. */
export function logSigner(row: LogKeyRow, seal: Pick<Seal, 'open'>): Signer {
  const { name, publicKey } = logVerifier(row);
  const key: KeyObject = privateKeyOf(
    fromBase64(seal.open(row.privateKey, place(row.id)), SEED_BYTES) ?? Buffer.alloc(0),
  );
  if (!rawPublicKey(key).equals(publicKey))
    throw new SallyportError('keys-unavailable', 'The private key of the log is not that of its public key.');
  return signer(name, ED25519, key);
}
