// The figures of run.mjs as Markdown: what each application adds to a request, and how that grows with connections.
import { apps, RECORDED_LINES } from './apps.mjs'
import { describeRun, formatBytes, tableRow as row } from '../format.mjs'

const us = (value) => `${value.toFixed(1)} µs`

function share(added, name) {
  const peer = added['pino-http']?.median
  return peer === undefined || name === 'pino-http' ? '' : ` (${(added[name].median / peer).toFixed(2)} of pino-http)`
}

function recordingOf({ recordingUs }) {
  if (recordingUs === undefined) return ''
  const { median, q1, q3 } = recordingUs
  return ` The ${RECORDED_LINES} recorded lines by themselves, by a clock around them in the handler: ${us(median)} (quartiles ${us(q1)} and ${us(q3)}).`
}

/** @param at - The open connections at which all applications were measured. */
export function requestTables({ requests, ...run }, at) {
  const main = requests.find(({ connections }) => connections === at)
  return [
    row([`added to bare Express by, Node ${run.machine.node.slice(1)}`, 'processor time', 'heap']),
    row(['---', '---:', '---:']),
    ...Object.entries(main.addedUs).map(([name, { median }]) =>
      row([
        apps[name].about,
        us(median) + share(main.addedUs, name),
        formatBytes(main.addedBytes[name].median) + share(main.addedBytes, name),
      ]),
    ),
    '',
    `Medians at ${main.connections} open connections, where bare Express takes ${us(main.bareUs)} and ` +
      `${formatBytes(main.bareBytes)} a request.${recordingOf(main)} At other numbers of connections:`,
    '',
    row(['open connections', 'bare Express', 'pino-http adds', 'requestLogger() adds', 'logRequests() adds']),
    row(['---:', '---:', '---:', '---:', '---:']),
    ...requests.map(({ connections, bareUs, bareBytes, addedUs, addedBytes }) =>
      row([
        connections,
        `${us(bareUs)} · ${formatBytes(bareBytes)}`,
        ...['pino-http', 'wideline', 'wideline-application'].map((name) =>
          addedUs[name] === undefined ? '–' : `${us(addedUs[name].median)} · ${formatBytes(addedBytes[name].median)}`,
        ),
      ]),
    ),
    '',
    `${describeRun(run, ['pino-http', 'pino'])}.`,
  ].join('\n')
}
