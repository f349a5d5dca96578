import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { getConsumedChars, getFirstConsumedChar } from 'regexp-ast-analysis';
import { analyse } from 'scslre';

/** A quantifier without an upper bound repeats as often as a text has characters. */
function unbounded(node: AST.Node): boolean {
  return node.type === 'Quantifier' && node.max === Number.POSITIVE_INFINITY;
}

/** Whether the element matches wherever it stands: what may be left out cannot make a match fail. */
function optional(element: AST.Element): boolean {
  if (element.type === 'Quantifier') return element.min === 0 || optional(element.element);
  if (element.type === 'Group' || element.type === 'CapturingGroup')
    return element.alternatives.some((alternative) => alternative.elements.every(optional));
  return false;
}

/** Whether something after the node, in its alternative or in what holds that, can still fail. */
function failsAfter(node: AST.Element): boolean {
  const { parent } = node;
  if (parent.type === 'Alternative') {
    const next = parent.elements.slice(parent.elements.indexOf(node) + 1);
    if (!next.every(optional)) return true;
    const holder = parent.parent;
    if (holder.type === 'Pattern') return false;
    // What is looked ahead at is tried anew at every character.
    return holder.type === 'Assertion' || failsAfter(holder);
  }
  if (parent.type === 'Quantifier') return parent.min > 1 || failsAfter(parent);
  return true;
}

/** Whether each alternative is tried at the start of the text alone. */
function anchored(pattern: AST.Pattern, flags: AST.Flags): boolean {
  if (flags.sticky) return true;
  const begins = ({ elements: [first] }: AST.Alternative): boolean => {
    if (first === undefined) return false;
    if (first.type === 'Assertion') return first.kind === 'start' && !flags.multiline;
    return (first.type === 'Group' || first.type === 'CapturingGroup') && first.alternatives.every(begins);
  };
  return pattern.alternatives.every(begins);
}

function quantifiersIn(node: AST.Node): readonly AST.Quantifier[] {
  const own = node.type === 'Quantifier' && unbounded(node) ? [node] : [];
  if (node.type === 'Quantifier') return [...own, ...quantifiersIn(node.element)];
  if (node.type === 'Alternative') return node.elements.flatMap(quantifiersIn);
  return 'alternatives' in node ? node.alternatives.flatMap(quantifiersIn) : [];
}

/** The elements of an alternative one after the other, those of a group that is always passed once in its place. */
function inARow(alternative: AST.Alternative): readonly AST.Element[] {
  return alternative.elements.flatMap((element) => {
    if (element.type !== 'Group' && element.type !== 'CapturingGroup') return [element];
    const [only] = element.alternatives;
    return only !== undefined && element.alternatives.length === 1 ? inARow(only) : [element];
  });
}

/** Whether the second may begin with a character that the first takes. */
function overlaps(first: AST.Element, second: AST.Element | AST.Alternative, flags: AST.Flags): boolean {
  return !getConsumedChars(first, flags).chars.isDisjointWith(getFirstConsumedChar(second, 'ltr', flags).char);
}

/** A repetition with two ways for one character: `(?:a|a)*`, `(?:a|ab)*`. */
function choosing(quantifier: AST.Quantifier, flags: AST.Flags): boolean {
  const { element } = quantifier;
  if (element.type !== 'Group' && element.type !== 'CapturingGroup') return false;
  const firsts = element.alternatives.map((each) => getFirstConsumedChar(each, 'ltr', flags).char);
  return firsts.some((first, i) => firsts.slice(i + 1).some((other) => !first.isDisjointWith(other)));
}

/** Two repetitions that can share a text made of what stands between them: `.*y.*z` on `yyyy`. */
function sharing(row: readonly AST.Element[], flags: AST.Flags): AST.Element | undefined {
  return row.find((first, i) => {
    if (!unbounded(first)) return false;
    for (const next of row.slice(i + 1)) {
      if (!overlaps(first, next, flags)) {
        if (optional(next) || next.type === 'Assertion') continue;
        return false;
      }
      if (unbounded(next)) return failsAfter(next);
    }
    return false;
  });
}

function alternativesIn(node: AST.Node): readonly AST.Alternative[] {
  if (node.type === 'Quantifier') return alternativesIn(node.element);
  if (node.type === 'Alternative') return [node, ...node.elements.flatMap(alternativesIn)];
  return 'alternatives' in node ? node.alternatives.flatMap(alternativesIn) : [];
}

/**
 * Whether no match can begin within what the repetition has passed: then the texts that it passes from one beginning and
 * from the next do not overlap, and together are no longer than the text.
 */
function beginsElsewhere(quantifier: AST.Quantifier, pattern: AST.Pattern, flags: AST.Flags): boolean {
  const first = getFirstConsumedChar(pattern.alternatives, 'ltr', flags);
  return !first.empty && first.char.isDisjointWith(getConsumedChars(quantifier, flags).chars);
}

/**
 * Why matching the pattern may take more than time linear in its text; null when it cannot. Two causes: the ways in which
 * two repetitions can share what they match, or one with itself (found by scslre); and the search from every character
 * anew, where a repetition was passed before the match failed (found here, more strictly than need be).
 */
export function superlinearReason(source: string, flags: string): string | null {
  const parser = new RegExpParser();
  const unicode = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') };
  const pattern = parser.parsePattern(source, 0, source.length, unicode);
  const parsedFlags = parser.parseFlags(flags);
  const { reports } = analyse({ pattern, flags: parsedFlags }, { assumeRejectingSuffix: true });
  const shared = reports.find(({ type }) => type !== 'Move');
  if (shared !== undefined)
    return `${shared.exponential ? 'exponential' : 'polynomial'} time for repeats of ${JSON.stringify(shared.character.pick)}`;
  const chosen = quantifiersIn(pattern).find((each) => choosing(each, parsedFlags) && failsAfter(each));
  if (chosen !== undefined) return `exponential time: two ways through ${chosen.raw}`;
  const trading = alternativesIn(pattern)
    .map((each) => sharing(inARow(each), parsedFlags))
    .find((each) => each !== undefined);
  if (trading !== undefined) return `polynomial time: ${trading.raw} and a later part share what they match`;
  if (anchored(pattern, parsedFlags)) return null;
  const searched = quantifiersIn(pattern).find(
    (each) => failsAfter(each) && !beginsElsewhere(each, pattern, parsedFlags),
  );
  return searched === undefined ? null : `searched for anew at every character that ${searched.raw} matches`;
}
