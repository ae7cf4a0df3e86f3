/** The code editor: HTML with Liquid, problems in the margin, variables while typing. Loaded when it is first needed. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { html } from "@codemirror/lang-html";
import { closePercentBrace, liquid } from "@codemirror/lang-liquid";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { ContentProblem } from "../queries.ts";
import { colours, look } from "./code-look.ts";

export type CodeVariable = { readonly name: string; readonly label: string };
export type CodeEditor = {
  /** Replaces what is shown, unless it is the same. */
  show(text: string): void;
  problems(list: readonly ContentProblem[]): void;
  variables(list: readonly CodeVariable[]): void;
  jump(line: number | null, column: number | null): void;
  insert(text: string): void;
  destroy(): void;
};
type Options = {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly kind: "html" | "text";
  readonly readOnly: boolean;
  readonly onchange: (text: string) => void;
  readonly onsave: () => void;
  readonly onfocus: () => void;
};

function language(kind: "html" | "text", variables: readonly CodeVariable[]) {
  const completion = ({ name, label }: CodeVariable, prefix = "") => ({
    label: name.slice(prefix.length),
    detail: label,
    type: "variable",
  });
  const config = {
    variables: [
      ...variables.filter(({ name }) => !name.includes(".")).map((variable) => completion(variable)),
      { label: "fields", detail: "Your own fields", type: "variable" },
    ],
    properties: (path: readonly string[]) =>
      path.length === 1 && path[0] === "fields"
        ? variables
            .filter(({ name }) => name.startsWith("fields."))
            .map((variable) => completion(variable, "fields."))
        : [],
  };
  return liquid(kind === "html" ? { ...config, base: html() } : config);
}

function offsetOf(doc: Text, line: number | null, column: number | null): number {
  const at = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
  return Math.min(at.from + Math.max(0, (column ?? 1) - 1), at.to);
}

export function createCode({
  parent,
  text,
  label,
  kind,
  readOnly,
  onchange,
  onsave,
  onfocus,
}: Options): CodeEditor {
  const spoken = new Compartment();
  const saved = () => {
    onsave();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        closePercentBrace,
        autocompletion(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        EditorView.lineWrapping,
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({
          "aria-label": label,
          tabindex: "0",
          spellcheck: kind === "text" ? "true" : "false",
        }),
        syntaxHighlighting(colours),
        look,
        spoken.of(language(kind, [])),
        // Tab is left to the page: who came here by keyboard must get away by keyboard.
        keymap.of([
          { key: "Mod-s", preventDefault: true, run: saved },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...completionKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.focusChanged && update.view.hasFocus) onfocus();
          if (update.docChanged) onchange(update.state.doc.toString());
        }),
      ],
    }),
  });

  return {
    show(next) {
      if (next === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    problems(list) {
      const { doc } = view.state;
      const found = list.map(({ line, column, severity, message }): Diagnostic => {
        const from = offsetOf(doc, line, column);
        const rest = doc.sliceString(from, Math.min(from + 80, doc.length));
        const word = /^(\{\{.*?\}\}|\{%.*?%\}|<[^>\s]*|[\w.]+)/.exec(rest)?.[0].length ?? 1;
        return { from, to: Math.min(from + word, doc.length), severity, message };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    variables(list) {
      view.dispatch({ effects: spoken.reconfigure(language(kind, list)) });
    },
    jump(line, column) {
      const at = offsetOf(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    insert(piece) {
      view.dispatch(view.state.replaceSelection(piece), { scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
