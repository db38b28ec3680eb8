// How figures are written, in the terminal and in the README.

export const formatNs = (ns) =>
  ns < 10 ? `${ns.toFixed(1)} ns` : ns < 1000 ? `${Math.round(ns)} ns` : `${(ns / 1000).toFixed(2)} µs`

// Below half a byte is the reading's own noise.
export const formatBytes = (bytes) =>
  Math.abs(bytes) < 0.5 ? '0 B' : bytes < 10_000 ? `${Math.round(bytes)} B` : `${(bytes / 1024).toFixed(1)} KB`

export const formatRatio = (ratio) => `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}×`

/** A row of a Markdown table. */
export const tableRow = (cells) => `| ${cells.map((text) => String(text).replaceAll('|', '\\|')).join(' | ')} |`

/** How much of a core other programs used while scenarios were timed, at worst. */
export const describeOtherWork = (rows) => `${Math.round(Math.max(...rows.map(({ otherWork }) => otherWork)) * 100)} %`

export function describeRun({ machine, peers, isWhole }, loggers = ['pino', 'winston']) {
  const commit =
    machine.commit === null
      ? 'commit unknown'
      : `commit ${machine.commit}${machine.hasUncommittedChanges ? ' with uncommitted changes' : ''}`
  const rivals = loggers.map((name) => `${name} ${peers[name]}`).join(', ')
  const kind = isWhole ? '' : ' · not a whole run'
  return `${rivals} · Node ${machine.node} · ${machine.cpu}, ${machine.cores} cores · ${machine.date.slice(0, 10)} · ${commit}${kind}`
}
