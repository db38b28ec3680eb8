// Other Node.js versions, each fetched into dist/nodes once.
import fs from 'fs'
import path from 'path'
import { npm, root, run } from './run.mjs'

/** The binary of this major version, or undefined where none can be had. */
export async function nodeBinary(major) {
  if (process.versions.node.split('.')[0] === major) return process.execPath
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = path.join(root, 'dist', 'nodes', major)
  const binary = path.join(folder, 'node_modules', name, 'bin', 'node')
  if (fs.existsSync(binary)) return binary
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n')
  process.stdout.write(`fetching Node.js ${major}\n`)
  const options = ['--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await run(npm(['install', ...options, `${name}@${major}`]))
  return fs.existsSync(binary) ? binary : undefined
}
