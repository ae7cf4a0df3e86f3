/** Reads source files as the compiler does, so that comments and texts are not mistaken for code. */
import ts from "typescript";

export type SourceFile = { readonly path: string; readonly text: string };

/** Every module a file names, in order: imports, re-exports, dynamic imports, types included. */
export function bareImports(file: SourceFile): string[] {
  return ts.preProcessFile(scriptOf(file), true, true).importedFiles.map(({ fileName }) => fileName);
}

const impureMembers = new Set([
  "Date.now",
  "Math.random",
  "performance.now",
  "crypto.getRandomValues",
  "crypto.randomUUID",
  "process.env",
]);
const impureCalls = new Set(["fetch", "setTimeout", "setInterval", "require"]);

/** What makes a file's outcome depend on more than its arguments. */
export function impurities(file: SourceFile): string[] {
  const source = ts.createSourceFile(
    file.path,
    scriptOf(file),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TS,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && impureMembers.has(node.getText(source)))
      found.push(node.getText(source));
    if (ts.isCallExpression(node) && impureCalls.has(node.expression.getText(source)))
      found.push(node.expression.getText(source));
    if (ts.isNewExpression(node) && node.expression.getText(source) === "Date" && !node.arguments?.length)
      found.push("new Date()");
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A component's scripts; any other file is all script. */
function scriptOf({ path, text }: SourceFile): string {
  if (!path.endsWith(".svelte")) return text;
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => script).join("\n");
}
