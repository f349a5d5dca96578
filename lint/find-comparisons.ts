import ts from 'typescript';
import { SOURCE_NAMES } from '../src/sources/table.ts';

/** A place where the name of a realm's source decides. */
export interface Comparison {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const NAMES: ReadonlySet<string> = new Set(SOURCE_NAMES);
const EQUALITY: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);

/** Whether all that a value can be are names of sources (or nothing): other things called `app` have other names beside them. */
function isSourceName(type: ts.Type): boolean {
  const parts = (type.isUnion() ? type.types : [type]).filter(
    ({ flags }) => (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) === 0,
  );
  const values = parts.map((part) => (part.isStringLiteral() ? part.value : ''));
  return values.length > 0 && values.every((value) => NAMES.has(value));
}

const LOOK_UPS: ReadonlySet<string> = new Set(['has', 'get', 'includes', 'indexOf', 'startsWith', 'endsWith', 'test']);

/** What a call looks up: `NAMES.has(a)`, `['local'].includes(a)`. */
function lookedUp(node: ts.CallExpression): readonly ts.Node[] {
  const { expression } = node;
  return ts.isPropertyAccessExpression(expression) && LOOK_UPS.has(expression.name.text) ? node.arguments : [];
}

/** What a node compares, or looks up by: `a === b`, `a in table`, `switch (a)`, `table[a]`. */
function judgedBy(node: ts.Node): readonly ts.Node[] {
  if (ts.isBinaryExpression(node) && EQUALITY.has(node.operatorToken.kind)) return [node.left, node.right];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) return [node.left];
  if (ts.isSwitchStatement(node)) return [node.expression];
  if (ts.isCallExpression(node)) return lookedUp(node);
  return ts.isElementAccessExpression(node) ? [node.argumentExpression] : [];
}

/** Of a literal and a value the type of the value tells: other things than sources are called `app`. */
function compares(node: ts.Node, checker: ts.TypeChecker): boolean {
  const values = judgedBy(node).filter((each) => !ts.isStringLiteralLike(each));
  return values.length > 0 && values.every((each) => isSourceName(checker.getTypeAtLocation(each)));
}

/** A table with a row for each source stands beside the sources' own files, where nobody adds the next one. */
function isTable(node: ts.Node, checker: ts.TypeChecker): boolean {
  if (!ts.isTypeReferenceNode(node) || node.typeName.getText() !== 'Record') return false;
  const [key] = node.typeArguments ?? [];
  return key !== undefined && isSourceName(checker.getTypeFromTypeNode(key));
}

/** Every such place of the files, but for those under `src/sources/`. */
export function findComparisons(program: ts.Program, files: readonly string[]): readonly Comparison[] {
  const checker = program.getTypeChecker();
  const found: Comparison[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source === undefined) continue;
    const visit = (node: ts.Node): void => {
      if (compares(node, checker) || isTable(node, checker)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        found.push({ file, line: line + 1, text: node.getText(source).split('\n', 1)[0] ?? '' });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/** The program of some files. `more`: texts of files that there are not, or in place of those that there are, by full path. */
export function programOf(files: readonly string[], more: ReadonlyMap<string, string> = new Map()): ts.Program {
  const settings = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(settings.config, ts.sys, '.');
  const host = ts.createCompilerHost(options, true);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => more.get(file) ?? readFile(file);
  host.fileExists = (file) => more.has(file) || fileExists(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = more.get(file);
    return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version, true);
  };
  return ts.createProgram({ rootNames: files, options, host });
}
