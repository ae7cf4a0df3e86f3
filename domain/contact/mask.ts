/** An address that its owner recognises and nobody else learns: mail is forwarded, and its links with it. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const [first = ""] = email.slice(0, Math.max(at, 0));
  return `${first}•••${email.slice(Math.max(at, 0))}`;
}

/** `+353•••67`: the country and the last two digits. */
export function maskPhone(phone: string): string {
  return `${phone.slice(0, 4)}•••${phone.slice(-2)}`;
}
