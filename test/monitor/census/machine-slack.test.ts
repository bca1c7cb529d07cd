import { expect, test } from 'vitest';
import { createMachineSlack, slackAt } from '../../../src/monitor/census/machine-slack.ts';
import { recordTree } from '../../linux/recorded-tree.ts';
import { createFakeClock } from '../fake-clock.ts';

test.each([
  [0, 1],
  [0.2, 1],
  [0.5, 0.625],
  [0.8, 0.25],
  [1, 0.25],
])('at a pressure of %d the machine spares %d of the budget', (pressure, slack) => {
  expect(slackAt(pressure)).toBeCloseTo(slack);
});

test('the pressure is read once in a round; where the kernel does not tell it, the whole budget is spared', async () => {
  const clock = createFakeClock();
  const tree = recordTree({ 'pressure/cpu': 'some avg10=90.00 avg60=0.00 avg300=0.00 total=1\n' });
  const slack = createMachineSlack(tree.path, clock, 5);
  expect(slack()).toBe(0.25);
  tree.write({ 'pressure/cpu': undefined });
  expect(slack()).toBe(0.25);
  await clock.advance(5);
  expect(slack()).toBe(1);
});
