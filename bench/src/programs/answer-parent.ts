/** The other end of `Child.ask`: answers each question, or says what went wrong. Ends with the parent. */
export function answerParent<Question>(answer: (question: Question) => Promise<unknown>): void {
  const reply = (message: object): void => void process.send?.(message);
  process.on('message', (question: Question) => {
    answer(question).then(
      (value) => reply({ answer: value ?? null }),
      (error: unknown) =>
        reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}
