// One mail from content to bytes, as the sending engine makes it.
import { type CompileOptions, type Content, compileContent } from "#domain/message/compile";
import { renderMessage } from "#domain/message/render";
import { inputsOf, type Recipient } from "#domain/message/variables";

export const urls = {
  unsubscribe: "https://mail.example/t/u/UUUU",
  preferences: "https://mail.example/t/p/UUUU",
  view: "https://mail.example/t/v/VVVV",
  open: "https://mail.example/t/o/TTTT",
  click: "https://mail.example/t/c/RRRR/TTTT",
  listId: "ten-1.mail.example",
};
export const around = { tenantName: "Moss & Sons", nowMs: Date.UTC(2026, 10, 22, 9, 30) };
export const ada: Recipient = {
  email: "ada@example.com",
  firstName: "Ada",
  lastName: "Lovelace",
  locale: "en-IE",
  country: "IE",
  fields: { city: "Cork", age: 36, vip: true },
};
export const nobody: Recipient = {
  email: null,
  firstName: "",
  lastName: "",
  locale: "",
  country: "",
  fields: {},
};

export function contentOf(part: Partial<Content>): Content {
  return {
    subject: "Subject",
    preheader: "",
    html: "<p>Hello</p>",
    text: "",
    defaults: {},
    postalAddress: "1 Main Street, Cork",
    ...part,
  };
}

export function compiled(part: Partial<Content>, options: Partial<CompileOptions> = {}) {
  const out = compileContent(contentOf(part), { trackOpens: true, trackClicks: true, ...options });
  if (!out.ok) throw new Error(JSON.stringify(out.error));
  return out.value;
}

export function mail(
  part: Partial<Content>,
  recipient: Recipient = ada,
  options: Partial<CompileOptions> = {},
) {
  const ready = compiled(part, options);
  const out = renderMessage(ready, inputsOf(ready, recipient, around), urls);
  if (!out.ok) throw new Error(JSON.stringify(out.error));
  return out.value;
}
