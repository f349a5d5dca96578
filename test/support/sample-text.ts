/**
 * A text that a pattern matches, with `name` in its one group: for the patterns that presets have. Its class or group is left out
 * where it may be absent, else it stands for one plain letter.
 */
export function sampleOf(source: string, name: string): string {
  let out = '';
  let rest = source.replace(/^\(\?i\)/, '');
  const take = (pattern: RegExp): string | undefined => {
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) rest = rest.slice(found.length);
    return found;
  };
  const many = (text: string): void => {
    const quantifier = take(/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (quantifier === undefined || !/^[*?]|^\{0/.test(quantifier)) out += text;
  };
  while (rest !== '') {
    if (take(/^(?:\^|\$|\\b)/) !== undefined) continue;
    if (take(/^\(\?:(?:[^()[\]\\]|\\.|\[(?:[^\]\\]|\\.)*\])*\)\?/) !== undefined) continue;
    if (take(/^\((?!\?)(?:[^()[\]\\]|\\.|\[(?:[^\]\\]|\\.)*\])*\)/) !== undefined) {
      out += name;
      continue;
    }
    if (take(/^\[(?:[^\]\\]|\\.)*\]/) !== undefined) {
      many('x');
      continue;
    }
    const escaped = take(/^\\./);
    if (escaped !== undefined) many(escaped === '\\s' ? ' ' : escaped === '\\d' ? '1' : escaped.slice(1));
    else {
      const letter = rest.charAt(0);
      rest = rest.slice(1);
      many(letter);
    }
  }
  return out;
}
