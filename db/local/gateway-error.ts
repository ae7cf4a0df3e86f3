// MySQL's errors in the words of Vitess, as the PlanetScale driver hands them to the application.

export type ProtocolError = { code: string; message: string };

export class GatewayError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

// Vitess keeps its own codes beside MySQL's error numbers; the numbers are what an application should look at.
const codes = new Map([
  [1022, "ALREADY_EXISTS"],
  [1040, "UNAVAILABLE"],
  [1048, "FAILED_PRECONDITION"],
  [1053, "UNAVAILABLE"],
  [1054, "NOT_FOUND"],
  [1062, "ALREADY_EXISTS"],
  [1064, "INVALID_ARGUMENT"],
  [1146, "NOT_FOUND"],
  [1205, "DEADLINE_EXCEEDED"],
  [1213, "ABORTED"],
  [1264, "OUT_OF_RANGE"],
  [1317, "DEADLINE_EXCEEDED"],
  [1364, "FAILED_PRECONDITION"],
  [1366, "INVALID_ARGUMENT"],
  [1406, "OUT_OF_RANGE"],
  [3024, "DEADLINE_EXCEEDED"],
]);

const connectionLost = /^(PROTOCOL_|ECONN|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND)/;

type MysqlError = Error & { errno?: number; sqlState?: string; code?: string };

export function protocolError(error: unknown, target: string): ProtocolError {
  if (error instanceof GatewayError)
    return { code: error.code, message: vitessText(error.code, error.message, target) };
  const { errno, sqlState, code, message } = error as MysqlError;
  if (code && connectionLost.test(code))
    return {
      code: "UNAVAILABLE",
      message: vitessText("UNAVAILABLE", `${message} (errno 2013) (sqlstate HY000)`, target),
    };
  const vitess = codes.get(errno ?? 0) ?? "UNKNOWN";
  const text = errno === 1317 ? "context deadline exceeded" : message;
  return {
    code: vitess,
    message: vitessText(vitess, `${text} (errno ${errno ?? 1105}) (sqlstate ${sqlState ?? "HY000"})`, target),
  };
}

function vitessText(code: string, description: string, target: string): string {
  const camel = code.replace(
    /_?([A-Z])([A-Z]*)/g,
    (_, first: string, rest: string) => first + rest.toLowerCase(),
  );
  return `target: ${target}: vttablet: rpc error: code = ${camel} desc = ${description}`;
}

/** After a deadlock MySQL has rolled the whole transaction back; what follows would run outside of any. */
export function endsTransaction(error: unknown): boolean {
  const { errno, code } = error as MysqlError;
  return errno === 1213 || (code !== undefined && connectionLost.test(code));
}
