/** The part of JSON Schema that our answers need: fastify writes by it, OpenAPI 3.1 shows it as it is. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
}

export const text = (description: string): Schema => ({ type: 'string', description });
export const integer = (description: string): Schema => ({ type: 'integer', description });
export const number = (description: string): Schema => ({ type: 'number', description });
export const boolean = (description: string): Schema => ({ type: 'boolean', description });
export const list = (items: Schema, description: string): Schema => ({ type: 'array', description, items });
export const byName = (values: Schema, description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: values,
});

/** Of its properties those named are always there; the others are absent when they are not known, never 0 or null. */
export function object<Name extends string>(
  description: string,
  properties: Readonly<Record<Name, Schema>>,
  required: readonly NoInfer<Name>[],
): Schema {
  return { type: 'object', description, properties, required };
}

export const unixTime = (what: string) => number(`Unix time ${what}.`);

export const counts = (description: string) => byName(integer('How many.'), description);
