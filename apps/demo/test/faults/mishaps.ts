import type { CommandMessage, ToBroker } from '@dcvsm/protocol';
import { systemClock, type Random } from '@dcvsm/runtime';

type Way<Message> = (message: Message, deliver: (message: Message) => void) => void;

/** What happens to the messages of a host on their way. */
export interface Mishap {
  readonly toBroker: Way<ToBroker>;
  readonly toAgent: Way<CommandMessage>;
}

const WINDOW = 10;
/** Nobody waits for a tenth message that does not come. */
const WINDOW_MS = 50;
const clock = systemClock();

export const asItCame: Mishap = {
  toBroker: (message, deliver) => deliver(message),
  toAgent: (message, deliver) => deliver(message),
};

/** Every message comes twice, the second time a little later or at once. */
export function doubled(random: Random): Mishap {
  const twice = <Message>(message: Message, deliver: (message: Message) => void): void => {
    deliver(message);
    if (random.next() < 0.5) deliver(message);
    else clock.after(random.next() * 200, () => deliver(message));
  };
  return { toBroker: twice, toAgent: twice };
}

/** Messages come in any order within a window of ten. */
export function reordered(random: Random): Mishap {
  return { toBroker: windowOf(random), toAgent: windowOf(random) };
}

function windowOf<Message>(random: Random): Way<Message> {
  let waiting: (() => void)[] = [];
  const flush = (): void => {
    const all = waiting.map((send) => ({ send, rank: random.next() })).sort((a, b) => a.rank - b.rank);
    waiting = [];
    for (const { send } of all) send();
  };
  return (message, deliver) => {
    waiting.push(() => deliver(message));
    if (waiting.length >= WINDOW) flush();
    else if (waiting.length === 1) clock.after(WINDOW_MS, flush);
  };
}
