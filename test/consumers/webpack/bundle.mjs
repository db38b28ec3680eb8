import path from 'node:path'
import webpack from 'webpack'

const folder = import.meta.dirname
const common = {
  mode: 'production',
  target: 'node20',
  devtool: false,
  context: folder,
  module: { parser: { javascript: { dynamicImportMode: 'eager' } } }, // one file each
}
const output = { path: path.join(folder, 'out') }
const configurations = [
  {
    ...common,
    entry: './main.mjs',
    experiments: { outputModule: true },
    output: { ...output, filename: 'main.mjs', module: true, chunkFormat: 'module' },
  },
  { ...common, entry: './main.cjs', output: { ...output, filename: 'main.cjs' } },
]

webpack(configurations, (error, stats) => {
  console.log(error ?? stats.toString({ preset: 'errors-warnings' }))
  process.exitCode = error !== null || stats.hasErrors() || stats.hasWarnings() ? 1 : 0
})
