/** A transactional message as it will leave: rendered once, kept, and sent as kept however often it is tried. */
import { z } from "zod";

const address = z.object({ email: z.string(), name: z.string().optional() });

export const attachmentNote = z.object({
  filename: z.string(),
  content_type: z.string(),
  size_bytes: z.int(),
  content_id: z.string().optional(),
});
export type AttachmentNote = z.output<typeof attachmentNote>;

export const directContent = z.discriminatedUnion("channel", [
  z.object({
    channel: z.literal("email"),
    from: address,
    replyTo: address.optional(),
    to: address,
    subject: z.string(),
    html: z.string(),
    text: z.string(),
    headers: z.record(z.string(), z.string()),
    /** What lies in storage beside it. */
    attachments: z.array(attachmentNote),
  }),
  z.object({
    channel: z.literal("sms"),
    /** Empty: the connection's own. */
    from: z.string(),
    to: z.string(),
    text: z.string(),
    segments: z.int(),
  }),
]);
export type DirectContent = z.output<typeof directContent>;
export type DirectEmail = Extract<DirectContent, { channel: "email" }>;
export type DirectSms = Extract<DirectContent, { channel: "sms" }>;

/** What lists show of it. */
export function headlineOf(content: DirectContent): string {
  const text = content.channel === "email" ? content.subject : content.text;
  return [...text.replace(/\s+/g, " ").trim()].slice(0, 180).join("").slice(0, 200);
}
