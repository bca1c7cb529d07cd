import { parser } from '@prometheus-io/lezer-promql';

/** What stands for Grafana's variables when a query is read, or asked, without Grafana. */
export function withVariables(expression: string, values: Readonly<Record<string, string>>): string {
  return expression.replaceAll(/\$(\w+)/g, (whole, name: string) => values[name] ?? whole);
}

/** Names of the metrics that an expression selects. Throws when it is no PromQL. */
export function metricsOf(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`not PromQL near "${expression.slice(node.from - 20, node.to + 20)}"`);
      if (node.name === 'VectorSelector') names.push(/^[\w:]+/.exec(text)?.[0] ?? text);
    },
  });
  return names;
}
