import { boolean, integer, list, number, object, text, unixTime } from './schema.ts';

export const verdict = {
  ...text('What is the matter: docs/verdicts.md.'),
  enum: ['warming_up', 'healthy', 'leak', 'backlog', 'overflow'],
};

export const cause = {
  ...text('Why: of a leak the first three, of an overflow the last two; others have none.'),
  enum: ['objects', 'native', 'uncollectable', 'undersized', 'burst'],
};

const limitName = { ...text('Whose it is.'), enum: ['heap', 'metaspace', 'direct', 'cgroup', 'node'] };

const suspects = (description: string) =>
  list(
    object(
      'A type that grows.',
      {
        type: text('Its name, as in `types`.'),
        objects_per_second: number('Gained, by the line through its censuses.'),
        bytes_per_second: number("The objects' own."),
      },
      ['type', 'objects_per_second', 'bytes_per_second'],
    ),
    description,
  );

export const assessment = object(
  'What is the matter with the process, and what says so.',
  {
    at_seconds: unixTime('of the last reading that it knows'),
    verdict,
    cause,
    since_seconds: unixTime('at which the verdict became what it is'),
    suspects: suspects('Types that a leak or backlog is made of, at most five, the most suspicious first.'),
    growing_types: suspects('Types that grow steadily now, whatever the verdict, the most suspicious first.'),
    growth: object(
      'What a leak or backlog adds to the live heap or to native memory; absent when it does not grow.',
      { bytes_per_second: number('Without what load explains.'), since_seconds: unixTime('at which it began') },
      ['bytes_per_second', 'since_seconds'],
    ),
    limits: list(
      object(
        'A ceiling that ends the process.',
        {
          limit: limitName,
          bytes: integer('The limit.'),
          used_ratio: number('Used share of it; absent when not known.'),
          eta_seconds: number(
            'Until it is reached, of direct buffers at the latest; absent when nothing grows towards it.',
          ),
        },
        ['limit', 'bytes'],
      ),
      'The limits that it reckons with.',
    ),
    binding_limit: { ...limitName, description: 'That which is reached first, or is nearest when nothing grows.' },
    oom_eta_seconds: number('Until the first limit is reached.'),
    evidence: list(
      object(
        'One fact that the verdict rests on.',
        {
          signal: text('What was looked at.'),
          observed: number('What was seen.'),
          threshold: number('Where the line is.'),
          exceeded: boolean('Whether it is on or over it.'),
          words: text('The same for people.'),
        },
        ['signal', 'observed', 'threshold', 'exceeded', 'words'],
      ),
      'The facts.',
    ),
  },
  ['at_seconds', 'verdict', 'since_seconds', 'suspects', 'growing_types', 'limits', 'evidence'],
);
