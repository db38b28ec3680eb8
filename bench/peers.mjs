// The loggers wideline is measured against live in bench/peers, with their own lock file, so that they are never
// a dependency of wideline. The first run installs them.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const folder = new URL('./peers/', import.meta.url)
const wanted = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')).dependencies

/** `require` as seen from bench/peers. */
export const requirePeer = createRequire(new URL('package.json', folder))

/** Installed version of each peer; null where it is missing. */
export function peerVersions() {
  const versions = {}
  for (const name of Object.keys(wanted)) {
    const manifest = new URL(`node_modules/${name}/package.json`, folder)
    versions[name] = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : null
  }
  return versions
}

/** Runs `npm ci` in bench/peers unless exactly the wanted versions are there. */
export function installPeers() {
  const isComplete = () => Object.entries(peerVersions()).every(([name, version]) => version === wanted[name])
  if (isComplete()) return
  process.stderr.write(`bench: installing ${Object.keys(wanted).join(', ')} in bench/peers (once)\n`)
  try {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: fileURLToPath(folder),
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32', // npm is npm.cmd there
    })
  } catch (error) {
    throw new Error(`could not install the peers: ${error.message}\nTry \`npm ci\` in ${fileURLToPath(folder)}`, {
      cause: error,
    })
  }
  if (!isComplete())
    throw new Error(`npm ci left other versions than bench/peers/package.json names: ${JSON.stringify(peerVersions())}`)
}
