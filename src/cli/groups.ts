/** Names of groups as they are typed, one by one or parted by commas, which no name has. */
export function groupNames(typed: readonly string[] | undefined): string[] | undefined {
  return typed?.flatMap((each) => each.split(',')).filter((each) => each !== '');
}
