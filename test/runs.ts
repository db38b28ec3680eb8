/**
 * How often a property is tried: so often in `npm test`, and `WIDELINE_FUZZ` times as often in the long form,
 * `npm run test:fuzz`.
 */
export function runs(quick: number): number {
  return quick * Number(process.env['WIDELINE_FUZZ'] ?? 1)
}
