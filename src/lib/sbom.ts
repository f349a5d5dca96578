import { readFileSync } from 'node:fs';
import { VERSION } from './version.ts';

/** As npm writes it: what is installed, by its folder. */
interface Installed {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Packages = Readonly<Record<string, Installed>>;

const ROOT = new URL('../../', import.meta.url);
const FOLDER = 'node_modules/';

function installed(): Packages {
  for (const file of ['node_modules/.package-lock.json', 'package-lock.json'])
    try {
      // npm's own file, of a form that it keeps.
      return (JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')) as { packages: Packages }).packages;
    } catch {
      // The other one.
    }
  return {};
}

/** What we ask for ourselves. */
function asked(): Readonly<Record<string, string>> {
  // Our own file.
  return (JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as Required<Installed>).dependencies;
}

/** `@scope/name` of `node_modules/a/node_modules/@scope/name`. */
const nameOf = (folder: string) => folder.slice(folder.lastIndexOf(FOLDER) + FOLDER.length);

/** purl-spec, type npm: the scope is its namespace. */
const purlOf = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;

function hashesOf(integrity: string | undefined) {
  const base64 = /^sha512-([A-Za-z0-9+/=]+)$/.exec(integrity ?? '')?.[1];
  return base64 === undefined
    ? {}
    : { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] };
}

const component = (folder: string, { version = '', integrity, license }: Installed) => ({
  type: 'library',
  'bom-ref': folder,
  name: nameOf(folder),
  version,
  ...hashesOf(integrity),
  ...(license === undefined
    ? {}
    : { licenses: [{ expression: license.replace(/^SEE LICENSE.*$/, 'LicenseRef-file') }] }),
  purl: purlOf(nameOf(folder), version),
});

/** Where Node finds what a folder asks for: in its own, or in one above it. */
function found(packages: Packages, from: string, name: string): string | undefined {
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf(`/${FOLDER}`)))) {
    const folder = `${at}/${FOLDER}${name}`;
    if (packages[folder] !== undefined) return folder;
  }
  return packages[`${FOLDER}${name}`] === undefined ? undefined : `${FOLDER}${name}`;
}

function billOfMaterials(): string {
  const all = installed();
  const packages: Packages = Object.fromEntries(
    Object.entries(all).filter(([folder, { dev, version }]) => folder !== '' && dev !== true && version !== undefined),
  );
  const folders = Object.keys(packages).sort();
  const node = { type: 'platform', 'bom-ref': 'node', name: 'node', version: process.versions.node };
  const needs = folders.map((folder) => {
    const { dependencies = {}, optionalDependencies = {} } = packages[folder] ?? {};
    const names = Object.keys({ ...dependencies, ...optionalDependencies });
    const dependsOn = names.flatMap((name) => found(packages, folder, name) ?? []);
    return { ref: folder, dependsOn: [...new Set(dependsOn)].sort() };
  });
  const own = { type: 'application', 'bom-ref': 'sallyport', name: 'sallyport', version: VERSION };
  const direct = Object.keys(asked())
    .flatMap((name) => found(packages, '', name) ?? [])
    .sort();
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: own },
    components: [node, ...folders.map((folder) => component(folder, packages[folder] ?? {}))],
    dependencies: [{ ref: 'sallyport', dependsOn: ['node', ...direct] }, ...needs],
  });
}

let made: string | undefined;

/**
 * The software bill of materials of what is installed, but for development, and of the Node that runs it (CycloneDX 1.6). It has no moment
 * and no serial number, so that the same software has the same text, which the record names by its digest. Made once, as of the first time.
 */
export function sbom(): string {
  made ??= billOfMaterials();
  return made;
}
