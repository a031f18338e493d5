import type { AuditLine } from './audit-line.js';
import type { ChainResult } from './verify.js';

/** One line for people: when, what came of it, who, what, on what. Parts that callers can choose are quoted. */
export function printLine(line: AuditLine): string {
  const { at, outcome, actor, action, objects, moreObjects, reason, address, requestId } = line;
  const who = actor.id === undefined || actor.id === null ? actor.kind : `${actor.kind} ${quoted(actor.id)}`;
  const onWhat = [...objects.map(quoted), ...(moreObjects === undefined ? [] : [`and ${moreObjects} more`])];
  const parts = [
    at,
    outcome.padEnd('success'.length),
    action,
    `by ${who}`,
    onWhat.length === 0 ? '' : `on ${onWhat.join(', ')}`,
    address === undefined ? '' : `from ${quoted(address)}`,
    requestId === undefined ? '' : `request ${quoted(requestId)}`,
    reason === undefined ? '' : `- ${quoted(reason)}`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}

/** What is harmless stays as it is; everything else is shown as a JSON string with escapes. */
function quoted(text: string): string {
  if (/^[\w.:@/+=-]+$/.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** What a verification found, in sentences. */
export function printResult({ lines, begins, head, problems, hasAnchor }: ChainResult): string {
  if (lines === 0) return 'The audit log is empty.\n';
  const found = problems.map(({ file, line, problem }) => `${file} line ${line}: ${problem}`);
  const range = `${lines} lines, number ${begins} to ${head.seq}`;
  const first =
    begins > 1 ? ` Older files were taken away: what was before number ${begins} cannot be checked.` : '';
  const verdict =
    problems.length === 0
      ? `The chain is unbroken: ${range}.${first}`
      : `The chain is broken: ${range}.${first}`;
  return `${[...found, verdict, aboutEnd(hasAnchor), `It ends with ${head.hash}.`].join('\n')}\n`;
}

function aboutEnd(hasAnchor: boolean | null): string {
  if (hasAnchor === null)
    return 'No broker is running, so the end cannot be compared: lines may have been cut off there.';
  return hasAnchor
    ? 'Its end is the one that the running broker has.'
    : 'Its end is NOT the one that the running broker wrote: lines were cut off or written anew.';
}
