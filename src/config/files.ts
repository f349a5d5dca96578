import { createPrivateKey, X509Certificate } from 'node:crypto';
import { FileUnread, readWhole } from '../lib/files.ts';
import type { Finding, Path } from './source.ts';
import type { Config } from './types.ts';

const MAX_TEXT = 1_048_576;

/** The bytes of a file or the sentence that says why there are none. Never the content in the sentence. */
export async function readBytes(
  file: string,
  { secret, most }: { readonly secret: boolean; readonly most: number },
): Promise<{ body: Buffer } | { fault: string }> {
  try {
    return { body: readWhole(file, { most, closedTo: secret ? 0o007 : 0 }) };
  } catch (error) {
    if (error instanceof FileUnread) return { fault: error.message };
    throw error;
  }
}

async function readChecked(file: string, secret: boolean): Promise<{ text: string } | { fault: string }> {
  const read = await readBytes(file, { secret, most: MAX_TEXT });
  return 'fault' in read ? read : { text: read.body.toString('utf8') };
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** Checks that certificate and key are there, are what they should be, belong together and are in date. `path`: theirs in the file. */
export async function checkTls(
  tls: NonNullable<Config['tls']>,
  path: Path,
  now: number,
): Promise<{ faults: Finding[]; findings: Finding[] }> {
  const [cert, key] = await Promise.all([readChecked(tls.cert, false), readChecked(tls.key, true)]);
  const faults: Finding[] = [];
  const findings: Finding[] = [];
  if ('fault' in cert) faults.push({ path: [...path, 'cert'], message: cert.fault });
  if ('fault' in key) faults.push({ path: [...path, 'key'], message: key.fault });
  const x509 = 'text' in cert ? attempt(() => new X509Certificate(cert.text)) : undefined;
  const secret = 'text' in key ? attempt(() => createPrivateKey(key.text)) : undefined;
  if ('text' in cert && x509 === undefined)
    faults.push({ path: [...path, 'cert'], message: 'The file holds no certificate in PEM form.' });
  if ('text' in key && secret === undefined) {
    faults.push({ path: [...path, 'key'], message: 'The file holds no private key in PEM form without a passphrase.' });
  }
  if (x509 === undefined || secret === undefined) return { faults, findings };
  if (!x509.checkPrivateKey(secret))
    faults.push({ path: [...path, 'key'], message: 'Certificate and key do not belong together.' });
  if (!(now < x509.validToDate.getTime()))
    findings.push({ path: [...path, 'cert'], message: 'The certificate has expired. Renew it.' });
  return { faults, findings };
}

/** Checks the authority file of an upstream. */
export async function checkAuthority(file: string, path: Path): Promise<Finding[]> {
  const read = await readChecked(file, false);
  if ('fault' in read) return [{ path, message: read.fault }];
  const good = attempt(() => new X509Certificate(read.text)) !== undefined;
  return good ? [] : [{ path, message: 'The file holds no certificate in PEM form.' }];
}

const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];

/** The certificates of a PEM file, in their order; one that does not end is none. */
function pemsIn(text: string): string[] {
  const pems: string[] = [];
  for (let from = text.indexOf(BEGIN); from >= 0; ) {
    const end = text.indexOf(END, from);
    if (end < 0) break;
    pems.push(text.slice(from, end + END.length));
    from = text.indexOf(BEGIN, end);
  }
  return pems;
}

/** Every certificate of a PEM file, each as PEM of its own, with the latest moment at which one of them is valid, ms. */
export async function readCertificates(
  file: string,
): Promise<{ certificates: readonly string[]; validTo: number } | { fault: string }> {
  const read = await readChecked(file, false);
  if ('fault' in read) return read;
  const parsed = pemsIn(read.text).map((pem) => attempt(() => new X509Certificate(pem)));
  const sound = parsed.filter((certificate) => certificate !== undefined);
  const begun = read.text.split('-----BEGIN ').length - 1;
  if (sound.length === 0 || sound.length < begun)
    return { fault: 'The file must hold certificates in PEM form and nothing else.' };
  return {
    certificates: sound.map((certificate) => certificate.toString()),
    validTo: Math.max(...sound.map((certificate) => certificate.validToDate.getTime())),
  };
}

/** The password in a file, without the line break at its end. */
export async function readPassword(file: string): Promise<{ password: string } | { fault: string }> {
  const read = await readChecked(file, true);
  if ('fault' in read) return read;
  const password = read.text.replace(/\r?\n$/, '');
  const good = password !== '' && !/[\0-\x1f\x7f]/.test(password);
  return good ? { password } : { fault: 'The file must hold the password in one line.' };
}
