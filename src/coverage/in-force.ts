import { z } from 'zod';

/** First line of what a configuration meant, so that a later version knows how to read it. */
export const MEANING = 'sallyport meaning v1';

const exception = { reason: z.string(), owner: z.string(), expires: z.string(), expiresAt: z.number() };

/** What may be done at a path before anybody has signed in. */
const surface = z.object({ method: z.string(), path: z.string(), kind: z.string() });

const app = z.object({
  id: z.string(),
  hosts: z.array(z.string()),
  realm: z.string(),
  /** Relying party of the passkeys that sign in here; null: none do. */
  rp: z.string().nullable(),
  /** As `check` says it: bound and proven by whoami, by the login form only, trusts the assertion, unbound. */
  bound: z.string(),
  /** `digest` of the preset with what the operator set in it; `text`: under which its text is kept. */
  preset: z.object({ name: z.string(), digest: z.string(), text: z.string().nullable() }).nullable(),
  order: z.enum(['factor-first', 'login-first']).nullable(),
  unbound: z.object(exception).nullable(),
  /** The app has one account of its own, and these hold it; null: an account for each person. */
  holders: z.object({ accounts: z.array(z.string()), groups: z.array(z.string()) }).nullable(),
  rules: z.array(
    z.object({
      path: z.string(),
      require: z.enum(['mfa', 'passkey']),
      maxAgeMs: z.number().nullable(),
      groups: z.array(z.string()),
    }),
  ),
  exemptions: z.array(z.object({ method: z.string(), path: z.string(), ...exception })),
  surfaces: z.array(surface),
  /** Other ways in, which are refused. */
  doors: z.array(z.string()),
});

const meaning = z.object({
  format: z.literal(MEANING),
  realms: z.array(z.object({ id: z.string(), source: z.string() })),
  apps: z.array(app),
});

/** What a configuration meant for who can get in, by itself: no file that it names need be there any more. */
export type InForce = Readonly<z.infer<typeof meaning>>;
export type AppInForce = InForce['apps'][number];

/** The text under whose digest it is kept. */
export function meaningText(of: Omit<InForce, 'format'>): string {
  return JSON.stringify({ format: MEANING, ...of });
}

/** undefined: of another version, or no such text. */
export function readMeaning(text: string): InForce | undefined {
  try {
    const read = meaning.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
