import ts from 'typescript';

/** A regular expression in a source file; `flags` undefined: made at run time, out of what nobody can see here. */
export interface FoundPattern {
  readonly line: number;
  /** As it stands between the slashes; of one that is made at run time what makes it. */
  readonly source: string;
  readonly flags: string | undefined;
}

function literalText(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** What `RegExp(…)` and `new RegExp(…)` are given. */
function constructed(node: ts.CallExpression | ts.NewExpression, source: ts.SourceFile): Omit<FoundPattern, 'line'> {
  const [pattern, flags] = node.arguments ?? [];
  const [text, flagText] = [literalText(pattern), flags === undefined ? '' : literalText(flags)];
  if (text !== undefined && flagText !== undefined) return { source: text, flags: flagText };
  return { source: (node.arguments ?? []).map((each) => each.getText(source)).join(', '), flags: undefined };
}

function patternAt(node: ts.Node, source: ts.SourceFile): Omit<FoundPattern, 'line'> | undefined {
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/');
    return { source: node.text.slice(1, end), flags: node.text.slice(end + 1) };
  }
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return undefined;
  return node.expression.getText(source) === 'RegExp' ? constructed(node, source) : undefined;
}

/** Every regular expression of a file of TypeScript or JavaScript, in its order. */
export function findPatterns(file: string, text: string): readonly FoundPattern[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: FoundPattern[] = [];
  const visit = (node: ts.Node): void => {
    const pattern = patternAt(node, source);
    if (pattern !== undefined)
      found.push({ line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1, ...pattern });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
