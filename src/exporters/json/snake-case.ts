/** What JSON can hold; `undefined` and numbers that are none are left out of objects. */
type JsonValue = string | number | boolean | undefined | readonly JsonValue[] | JsonObject;

interface JsonObject {
  readonly [key: string]: JsonValue;
}

const snakeKeys = new Map<string, string>();

/** Copies a value of the model with its keys as JSON's readers are used to: `usedBytes` becomes `used_bytes`. */
export function snakeCased(value: object): JsonObject {
  const entries = Object.entries(value).filter(([, entry]) => isKnown(entry));
  return Object.fromEntries(entries.map(([key, entry]) => [snakeCase(key), convert(entry)]));
}

function convert(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(convert);
  return typeof value === 'object' && value !== null ? snakeCased(value) : (value as JsonValue);
}

function isKnown(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'number' || Number.isFinite(value));
}

function snakeCase(key: string): string {
  let snake = snakeKeys.get(key);
  if (snake === undefined) {
    snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    // Keys are our own words; should they ever not be, they shall not fill our memory.
    if (snakeKeys.size < 1000) snakeKeys.set(key, snake);
  }
  return snake;
}
