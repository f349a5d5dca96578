/** What a detail holds; one that `record` has not written is kept as it is. */
export function detailOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
