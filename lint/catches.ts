// Finds every place on the way of a judgement where an error could end otherwise than in a refusal: a `catch` that does not
// throw on each of its paths, and a rejection that is handled (`.catch`, `.then` with two functions). docs/decisions/0013.
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const WATCHED = ['src/{request,rules,gate,presets,binding}/**/*.ts', 'src/lib/readings/*.ts', 'src/config/fold.ts'];
/** Functions whose type is never: they throw. */
const REFUSES = new Set(['refuse', 'broken', 'misplaced']);

/** File and function → why an error there loosens nothing. One that is no longer needed is an error too. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/binding/guard.ts isHarmless': 'what cannot be read counts as something that signs in, which is refused',
  'src/binding/choose.ts chooseStep': 'only a body that was looked through and holds nothing that signs in goes on',
  'src/binding/visitor.ts opened':
    'a visitor whose value cannot be opened begins anew, with an empty jar and no session',
  'src/request/login/charsets.ts decoderOf': 'a character set that nobody knows is not allowed: its body is refused',
  'src/request/login/xml.ts readXmlAhead': 'what is wrong is kept, and thrown to everybody who asks for the document',
  'src/presets/answer.ts textOf': 'an answer that is not UTF-8 is looked at as bytes: nothing of it is skipped',
  'src/presets/answer.ts jsonOf': 'an answer that is no JSON has no value at a pointer: no success, and no name',
  'src/presets/answer.ts xmlValues': 'an answer that is no XML has no value at a path: no success, and no name',
  'src/presets/queries.ts strictPairs': 'a query that cannot be read strictly fits nothing that loosens',
  'src/presets/token-body.ts xmlHolder': 'a token that is not found is of no use: it is refused on its way back',
  'src/presets/whoami.ts decoded': 'a name that cannot be decoded is no name, and nobody is not let through',
  'src/presets/whoami.ts utf8Of': 'a name that cannot be decoded is no name, and nobody is not let through',
  'src/presets/whoami.ts nameIn': 'a name that cannot be decoded is no name, and nobody is not let through',
};

function refuses(statement: ts.Statement | undefined): boolean {
  if (statement === undefined) return false;
  if (ts.isThrowStatement(statement)) return true;
  if (ts.isBlock(statement)) return refuses(statement.statements.at(-1)) && !returnsOtherwise(statement);
  if (ts.isIfStatement(statement)) return refuses(statement.thenStatement) && refuses(statement.elseStatement);
  return (ts.isReturnStatement(statement) || ts.isExpressionStatement(statement)) && isRefusal(statement.expression);
}

function isRefusal(expression: ts.Expression | undefined): boolean {
  return (
    expression !== undefined &&
    ts.isCallExpression(expression) &&
    ts.isIdentifier(expression.expression) &&
    REFUSES.has(expression.expression.text)
  );
}

/** Whether a way leads out of the block before its end: a return that is no refusal, a break or a continue. */
function returnsOtherwise(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isReturnStatement(node)) return !isRefusal(node.expression);
  if (ts.isBreakOrContinueStatement(node)) return true;
  return ts.forEachChild(node, (child) => returnsOtherwise(child) || undefined) ?? false;
}

function handlesRejection(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { text } = node.expression.name;
  return text === 'catch' || (text === 'then' && node.arguments.length > 1);
}

function functionAround(node: ts.Node): string {
  for (let at = node.parent; at !== undefined; at = at.parent)
    if ((ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) && at.name !== undefined) return at.name.getText();
  return '(file)';
}

const found = new Set<string>();
const faults: string[] = [];

function look(node: ts.Node, file: ts.SourceFile): void {
  // `finally` that returns or breaks swallows what was thrown.
  const swallows = ts.isTryStatement(node) && node.finallyBlock !== undefined && returnsOtherwise(node.finallyBlock);
  if ((ts.isCatchClause(node) && !refuses(node.block)) || handlesRejection(node) || swallows) {
    const place = `${file.fileName} ${functionAround(node)}`;
    found.add(place);
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    if (EXCEPTIONS[place] === undefined)
      faults.push(`${file.fileName}:${line + 1}: an error here does not refuse. Throw, or list it in lint/catches.ts.`);
  }
  ts.forEachChild(node, (child) => look(child, file));
}

for (const path of globSync(WATCHED).sort()) {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  look(file, file);
}
for (const place of Object.keys(EXCEPTIONS))
  if (!found.has(place)) faults.push(`lint/catches.ts: the exception "${place}" is not needed any more.`);
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exit(1);
