// npm start: installs and builds what is missing, then runs the tour of the example shop. Arguments go to the tour.
import { exitWith, node, run } from './run.mjs'

async function start() {
  const code = await run(node(['scripts/build.mjs']))
  if (code !== 0) return code
  return run(node(['dist/examples/nestjs-shop/tour.js'].concat(process.argv.slice(2))))
}

exitWith(start)
