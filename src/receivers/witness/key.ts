import { hkdfSync } from 'node:crypto';
import { COSIGNATURE, privateKeyOf, type Signer, signer } from '../../tlog/key.ts';

const SEED_BYTES = 32;

/**
 * The key that we cosign with, of its own (C2SP tlog-cosignature wants one apart), made of the key of the log: of a signature
 * that is made for nothing else and shown to nobody, which Ed25519 makes the same each time (RFC 8032 §5.1.6).
 */
export function witnessKey(log: Signer): Signer {
  const secret = log.sign('sallyport witness key v1\n');
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'sallyport witness v1', SEED_BYTES));
  const key = privateKeyOf(seed);
  const id = log.name.slice(log.name.lastIndexOf('/') + 1);
  return signer(`sallyport.witness/${id}`, COSIGNATURE, key);
}
