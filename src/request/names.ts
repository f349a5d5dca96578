/** Lower-case letters and digits of a name; the key under which aliases of one name meet. */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
