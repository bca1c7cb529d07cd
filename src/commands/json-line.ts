// JSON.stringify leaves DEL, the C1 controls and bidirectional marks as they are; a terminal would obey them.
const unprintable = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line of JSON, safe to print whatever names from other processes are in it. */
export function jsonLine(value: unknown): string {
  return `${safeJson(JSON.stringify(value))}\n`;
}

/** JSON, or quoted text, that means the same and is safe to print. */
export function safeJson(json: string): string {
  return json.replace(unprintable, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
