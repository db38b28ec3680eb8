// How a batch of calls is run, timed or not, for every entrant alike.

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

function loop(call, from, to) {
  for (let i = from; i < to; i++) call(i)
}

/**
 * Shows V8 several functions at the loop's call, so that it never compiles an entrant's call into the loop. There it
 * could move work out of the loop that no application is spared. It costs every call the same 4 to 5 ns.
 */
export function trainLoop() {
  for (const call of [() => 1, () => 2, () => 3, () => 4, () => 5]) {
    loop(call, 0, 20_000)
  }
}

/** Makes `calls` calls and sees their lines handed to the kernel. */
export async function runBatch({ call, finish, callsPerTurn }, calls) {
  if (callsPerTurn === undefined) loop(call, 0, calls)
  else {
    for (let done = 0; done < calls; done += callsPerTurn) {
      loop(call, done, Math.min(done + callsPerTurn, calls))
      await nextTurn()
    }
  }
  finish()
}

export const outputsOf = ({ setup }) => setup?.outputs ?? 1

/** Opens an entrant's logger on `paths`, one for each of the scenario's outputs, and prepares its call. */
export async function openTask(entrant, scenario, paths, core) {
  const { log, finish, close, api } = await entrant.open(paths, scenario.setup ?? {}, core)
  return { call: entrant.calls[scenario.name](log, api), finish, close, callsPerTurn: scenario.callsPerTurn }
}

/** The harness alone: what a call that does nothing costs in this scenario. */
export const emptyTask = (scenario) => ({ call: () => {}, finish: () => {}, callsPerTurn: scenario.callsPerTurn })
