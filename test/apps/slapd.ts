import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localhostCert, localhostKey } from '../support/localhost-tls.ts';
import { freePort } from '../support/ports.ts';
import { start, stop, up } from './processes.ts';

/** Unpacked, and not installed: nothing of it is to start as a service. */
const UNPACKED = '/usr/local/share/sallyport-tests/slapd';
const PACKAGES = [
  'slapd',
  'libodbc2',
  'libltdl7',
  'libperl5.36',
  'libwrap0',
  'libldap-2.5-0',
  'libargon2-1',
  'libsasl2-2',
];

function unpack(): void {
  if (existsSync(join(UNPACKED, 'usr/sbin/slapd'))) return;
  const folder = mkdtempSync(join(tmpdir(), 'slapd-'));
  try {
    for (const name of PACKAGES) execFileSync('apt-get', ['download', '-qq', name], { cwd: folder });
    mkdirSync(UNPACKED, { recursive: true });
    for (const file of readdirSync(folder)) execFileSync('dpkg-deb', ['-x', join(folder, file), UNPACKED]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const BASE = 'dc=example,dc=org';
export const READER = `cn=reader,${BASE}`;
export const PASSWORD = 'sesame';

function configuration(folder: string): string {
  const schema = join(UNPACKED, 'etc/ldap/schema');
  return `
include ${schema}/core.schema
include ${schema}/cosine.schema
include ${schema}/inetorgperson.schema
modulepath ${UNPACKED}/usr/lib/ldap
moduleload back_mdb.so
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
disallow bind_anon
require authc
security simple_bind=0
sizelimit 100
database mdb
maxsize 104857600
suffix "${BASE}"
directory ${folder}/data
limits dn.exact="${READER}" size.pr=200 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth
access to * by users read
`;
}

function entries(people: number): string {
  const person = (i: number) =>
    `dn: cn=p${i},ou=people,${BASE}\nobjectClass: inetOrgPerson\ncn: p${i}\nsn: p\nuid: user${i}\nmail: user${i}@example.org\n`;
  return [
    `dn: ${BASE}\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: example\n`,
    `dn: ${READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: ${PASSWORD}\n`,
    `dn: ou=people,${BASE}\nobjectClass: organizationalUnit\nou: people\n`,
    ...Array.from({ length: people }, (_, i) => person(i)),
  ].join('\n');
}

export interface Directory {
  readonly plain: string;
  readonly tls: string;
  readonly folder: string;
  stop(): Promise<void>;
}

/** A real directory (OpenLDAP, as Debian builds it) with so many people, that gives whoever has bound at most 100 of them but in pages. */
export async function startDirectory(people: number): Promise<Directory> {
  unpack();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-slapd-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'cert.pem'), localhostCert);
  writeFileSync(join(folder, 'key.pem'), localhostKey);
  writeFileSync(join(folder, 'slapd.conf'), configuration(folder));
  writeFileSync(join(folder, 'people.ldif'), entries(people));
  const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'lib/x86_64-linux-gnu']
    .map((each) => join(UNPACKED, each))
    .filter((each) => statSync(each, { throwIfNoEntry: false })?.isDirectory());
  const env = { LD_LIBRARY_PATH: libraries.join(':') };
  const slapd = join(UNPACKED, 'usr/sbin/slapd');
  const conf = join(folder, 'slapd.conf');
  execFileSync(slapd, ['-T', 'add', '-q', '-f', conf, '-l', join(folder, 'people.ldif')], {
    env: { ...process.env, ...env },
  });
  const [plain, tls] = [await freePort(), await freePort()];
  const log = join(folder, 'slapd.log');
  const child = start(
    slapd,
    ['-d', '0', '-f', conf, '-h', `ldap://127.0.0.1:${plain} ldaps://127.0.0.1:${tls}`],
    log,
    env,
  );
  await up(child, plain, log);
  return {
    plain: `ldap://localhost:${plain}`,
    tls: `ldaps://localhost:${tls}`,
    folder,
    async stop() {
      await stop(child);
      rmSync(folder, { recursive: true });
    },
  };
}
