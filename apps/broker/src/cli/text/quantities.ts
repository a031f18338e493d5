/** Quantities as people say them. */

export function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
] as const;

/** In the largest unit that fits and the next one: "3 days 4 hours". */
export function duration(totalSeconds: number): string {
  const first = UNITS.findIndex(({ seconds }) => totalSeconds >= seconds);
  if (first === -1) return '0 seconds';
  const [large, small] = UNITS.slice(first);
  if (large === undefined) return '0 seconds';
  const count = Math.floor(totalSeconds / large.seconds);
  const rest = small === undefined ? 0 : Math.floor((totalSeconds % large.seconds) / small.seconds);
  return [
    plural(count, large.name),
    ...(small === undefined || rest === 0 ? [] : [plural(rest, small.name)]),
  ].join(' ');
}

export function megabytes(bytes: number): string {
  const count = bytes / 1_048_576;
  return `${count < 10 ? count.toFixed(1) : Math.round(count)} MB`;
}
