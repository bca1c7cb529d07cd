// JSON.stringify leaves DEL, the C1 controls and bidirectional marks as they are; a terminal would obey them.
const unprintable = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line of JSON, safe to print whatever names from other processes are in it. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(unprintable, escapeUnit)}\n`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
