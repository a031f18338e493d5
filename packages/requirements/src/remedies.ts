import { isDigit } from './characters.js';
import { shown } from './problem.js';
import { quoteText } from './quote.js';
import type { Token } from './tokens.js';

/** Where the parser stood when a token did not fit. */
export type Place = 'term' | 'operator' | 'value' | 'containedText' | 'join' | 'end';

/** What to do about a token that does not fit where it stands; undefined when saying what was expected is enough. */
export function remedyFor(place: Place, token: Token, previous: Token | undefined): string | undefined {
  if (token.kind === 'stray') return token.remedy;
  switch (place) {
    case 'term':
      return remedyForTerm(token);
    case 'operator':
      return token.kind === 'not' ? 'write "!=", or put "not" before the comparison' : undefined;
    case 'value':
      return remedyForValue(token);
    case 'containedText':
      return token.kind === 'number'
        ? '":=" looks for text: put the number in single quotes'
        : remedyForValue(token);
    case 'join':
      return remedyForJoin(token, previous);
    case 'end':
      return token.kind === 'close'
        ? 'it closes nothing: remove it, or add "(" before'
        : remedyForJoin(token, previous);
  }
}

function remedyForTerm(token: Token): string | undefined {
  if (token.kind === 'text' || token.kind === 'number') {
    return 'the value comes last: write the tag or property, then the operator, then the value';
  }
  if (token.kind === 'end') return 'a comparison is missing here';
  if (token.kind !== 'bare') return undefined;
  const lower = token.text.toLowerCase();
  if (lower.startsWith('tag:') || lower.startsWith('server:'))
    return 'write "tag:" and "server:" in small letters';
  if (lower === 'tag' || lower === 'server')
    return 'write "tag:" or "server:" and what it names without blanks';
  return `name a tag as tag:${shown(token.text)}, a server property as server:<Property>`;
}

function remedyForValue(token: Token): string | undefined {
  if (token.kind === 'tag' || token.kind === 'server') {
    return 'a tag or property is compared with a value, not with another one';
  }
  if (token.kind !== 'bare') return undefined;
  if (token.text.startsWith('.') && isDigit(token.text.charAt(1)))
    return 'write a digit before the point, as in 0.5';
  return `put text in single quotes: ${shown(quoteText(token.text))}`;
}

function remedyForJoin(token: Token, previous: Token | undefined): string | undefined {
  if (token.kind === 'end') return undefined;
  if (previous?.kind === 'text' && previous.end === token.start && token.kind === 'bare') {
    return "write a quote inside a value twice: ''";
  }
  return 'join comparisons with "and" or "or"';
}
