/** Something wrong with a key, a certificate or the file that holds them, in words for the operator. */
export class CertificateProblem extends Error {
  /**
   * @param where the file, or the key of the configuration and the file
   * @param problem what is wrong, beginning with a verb
   * @param remedy what to do about it
   */
  constructor(
    readonly where: string,
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${where} ${problem}; ${remedy}`, options);
  }
}
