import { Running } from './running.js';

it('stops the last first, each before the next, and once', async () => {
  const stopped: string[] = [];
  const running = new Running();
  for (const name of ['store', 'fleet', 'listener']) {
    running.started(async () => {
      await Promise.resolve();
      stopped.push(name);
    });
  }
  await running.stop();
  await running.stop();
  expect(stopped).toEqual(['listener', 'fleet', 'store']);
});

it('stops the others when one cannot be stopped, and says so', async () => {
  const stopped: string[] = [];
  const running = new Running();
  running.started(() => void stopped.push('store'));
  running.started(() => Promise.reject(new Error('stuck')));
  await expect(running.stop()).rejects.toMatchObject({ errors: [new Error('stuck')] });
  expect(stopped).toEqual(['store']);
});
