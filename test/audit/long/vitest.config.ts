import base from '../../../vitest.config.js'
import { defineConfig, mergeConfig } from 'vitest/config'

// npm run test:audit: every bit, every byte, and ten thousand files. AUDIT_FILES and AUDIT_RECORDS make it shorter.
const config = mergeConfig(base, defineConfig({ test: { testTimeout: 7_200_000, hookTimeout: 60_000 } }))
config.test!.include = ['test/audit/long/**/*.long.ts']

// oxlint-disable-next-line import/no-default-export
export default config
