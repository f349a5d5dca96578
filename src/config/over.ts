/**
 * Whether a declaration with an end (an exemption, an app whose login is not bound) is over at `now`; ms. An end that is no
 * number is past.
 */
export function isOver({ expiresAt }: { readonly expiresAt: number }, now: number): boolean {
  return !(now < expiresAt);
}
