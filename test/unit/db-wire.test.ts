/** Reading values from the wire: quicker than the driver, and never different from it. */
import { cast, type Field, format } from "@planetscale/database";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fillIn, readValue } from "#db/wire";

const types = ["VARCHAR", "CHAR", "TEXT", "BLOB", "BINARY", "VARBINARY", "ENUM", "JSON"];
const others = ["INT8", "INT32", "INT64", "UINT64", "FLOAT64", "DECIMAL", "DATETIME", "NULL", "YEAR"];

/** What the gateway hands over: bytes, each as one character. */
const onWire = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
const field = (type: string, charset: number): Field => ({ name: "f", type, charset });

test("text, bytes and JSON are read as the driver reads them, whatever is in them", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.constantFrom(63, 33, 255),
      fc.string({ unit: "binary" }),
      (type, charset, text) => {
        const value = type === "JSON" ? onWire(JSON.stringify({ text })) : onWire(text);
        // An empty binary value is empty bytes; the driver agrees.
        expect(readValue(field(type, charset), value)).toEqual(cast(field(type, charset), value));
      },
    ),
    { numRuns: 500 },
  );
});

test("numbers, moments and nothing at all are left to the driver", () => {
  for (const type of others)
    for (const value of ["0", "17", "-3"])
      expect(readValue(field(type, 63), value)).toEqual(cast(field(type, 63), value));
  expect(readValue(field("VARCHAR", 255), null)).toBeNull();
});

test("a statement without values stands as it is; one with values is filled in as the driver does", () => {
  expect(fillIn("select '?', :name from t", [])).toBe("select '?', :name from t");
  expect(fillIn("select ?, ?", [1, "it's"])).toBe(format("select ?, ?", [1, "it's"]));
});
