// @ts-check
/** An answer of the mock that is not a success. Development only. */
export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {string} detail @param {object[]} [errors] */
  constructor(status, code, detail, errors) {
    super(detail)
    this.status = status
    this.body = { type: 'about:blank', title: code, status, code, detail, errors, request_id: '0192f0aa7c3e' }
  }
}
