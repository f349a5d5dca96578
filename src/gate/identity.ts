import type { AppConfig } from '../config/types.ts';
import type { Session } from '../sessions/session.ts';

/** Visible ASCII and blanks pass; every other byte of the UTF-8 form, and `%`, becomes %XX, so no value can end a header. */
export function headerSafe(value: string): string {
  return value.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]/gu, (c) => encodeURIComponent(c));
}

/** Renders the identity headers that the app's configuration asks for. An unknown placeholder renders as nothing. */
export function identityHeaders(app: AppConfig, session: Session): (readonly [string, string])[] {
  const values: Readonly<Record<string, string>> = {
    account: session.accountName,
    account_id: session.accountId,
    realm: session.realm,
    groups: session.groups.join(','),
    sid: session.id,
  };
  const out: (readonly [string, string])[] = [];
  for (const [name, template] of app.headers) {
    out.push([
      name,
      headerSafe(
        template.replace(/\{([a-z_]+)\}/g, (_, key: string) => (Object.hasOwn(values, key) ? (values[key] ?? '') : '')),
      ),
    ]);
  }
  return out;
}
