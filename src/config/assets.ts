import { readBytes, readCertificates } from './files.ts';
import type { BoundLogin } from './login-types.ts';
import { type Logins, readLogin } from './logins.ts';
import { type Assets, besides, originOf } from './resolve.ts';
import type { Written } from './schema.ts';
import type { Finding } from './source.ts';
import type { PagesConfig } from './types.ts';

/** The sign-in page must stay small on a phone; see docs for its weight. */
const MAX_LOGO = 24 * 1024;
/** PNG (Third Edition) §5.2. */
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function isSvg(body: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return /^(?:<svg[\s>]|<\?xml\s[\s\S]*<svg[\s>])/.test(text);
  } catch {
    return false;
  }
}

/** An image by the ending of its name, once its first bytes agree with it, or the sentence that says why not. */
async function readLogo(file: string): Promise<NonNullable<PagesConfig['logo']> | { fault: string }> {
  const ending = /\.(svg|png)$/i.exec(file)?.[1]?.toLowerCase();
  if (ending === undefined) return { fault: 'Expected a file whose name ends in .svg or .png.' };
  const read = await readBytes(file, { secret: false, most: MAX_LOGO });
  if ('fault' in read) return read;
  const { body } = read;
  if (ending === 'svg') {
    return isSvg(body)
      ? { type: 'image/svg+xml', body }
      : { fault: 'The file is no SVG: it must be UTF-8 and begin with <svg or <?xml.' };
  }
  return body.subarray(0, PNG.length).equals(PNG)
    ? { type: 'image/png', body }
    : { fault: 'The file is no PNG, whatever its name says. Save the image as PNG or SVG.' };
}

interface Read {
  readonly assets: Assets;
  readonly faults: readonly Finding[];
  readonly findings: readonly Finding[];
  /** Every preset could be read; without one, nothing can be resolved. */
  readonly whole: boolean;
}

interface AllLogins {
  readonly logins: Logins;
  readonly faults: Finding[];
  readonly findings: Finding[];
  readonly whole: boolean;
}

/** The presets of all apps. */
export function readLogins(written: Written, file: string): AllLogins {
  const logins = new Map<string, BoundLogin>();
  const faults: Finding[] = [];
  const findings: Finding[] = [];
  let whole = true;
  for (const [id, app] of Object.entries(written.apps)) {
    const read = readLogin(id, app, originOf(app, written), (name) => besides(file, name));
    faults.push(...read.faults);
    findings.push(...read.findings);
    if (read.login !== null) logins.set(id, read.login);
    else if (read.faults.length > 0) whole = false;
  }
  return { logins, faults, findings, whole };
}

/** Reads the files whose content becomes part of the configuration. `file` is where the paths in it start. */
export async function readAssets(written: Written, file: string, now: number): Promise<Read> {
  const { logins, faults, findings, whole } = readLogins(written, file);
  const image = written.pages.logo === undefined ? null : await readLogo(besides(file, written.pages.logo));
  if (image !== null && 'fault' in image) faults.push({ path: ['pages', 'logo'], message: image.fault });
  const roots = new Map<string, readonly string[]>();
  for (const [id, { passkeys }] of Object.entries(written.realms)) {
    if (passkeys.roots === undefined) continue;
    const path = ['realms', id, 'passkeys', 'roots'];
    const read = await readCertificates(besides(file, passkeys.roots));
    if ('fault' in read) {
      faults.push({ path, message: read.fault });
      continue;
    }
    roots.set(id, read.certificates);
    if (!(now < read.validTo))
      findings.push({ path, message: 'Every certificate here has expired: no new passkey is accepted. Renew them.' });
  }
  const logo = image !== null && 'fault' in image ? null : image;
  return { assets: { logo, roots, logins }, faults, findings, whole };
}
