/** A certificate as Amazon publishes them: RSA of 2,048 bits, X.509 version 3, made here from its parts (RFC 5280 §4.1). */
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const nothing = Buffer.from([0x05, 0x00]);

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
}

let made: { readonly pem: string; readonly privateKey: KeyObject } | undefined;

/** One for the whole process: making a key takes a tenth of a second. */
export function snsCertificate() {
  made ??= makeCertificate("sns.amazonaws.com");
  return made;
}

export function makeCertificate(commonName: string): {
  readonly pem: string;
  readonly privateKey: KeyObject;
} {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sha256WithRsa = sequence(oid("2a864886f70d01010b"), nothing);
  const signed = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from("0b7a4e2f9c31", "hex")),
    sha256WithRsa,
    nameOf("Test Authority"),
    sequence(der(0x17, Buffer.from("260101000000Z")), der(0x17, Buffer.from("360101000000Z"))),
    nameOf(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    // basicConstraints, critical: no authority.
    der(0xa3, sequence(sequence(oid("551d13"), der(0x01, Buffer.from([0xff])), der(0x04, sequence())))),
  );
  const signature = createSign("sha256").update(signed).sign(privateKey);
  const certificate = sequence(signed, sha256WithRsa, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`, privateKey };
}
